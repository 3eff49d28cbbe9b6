import Shared

/// Lets requests to one host through: so many at a time, and as far apart as the host wants them.
///
/// All requests to a host share one gate, so a source's pages, its comments and another source on the same site are limited
/// together. A host that says it is nearly at its limit is asked less often before it has to refuse; one that refused rests.
actor HostGate<C: Clock> where C.Duration == Duration {
    /// A computed distance between two requests is never longer.
    static var longestGap: Duration { .seconds(60) }
    /// A host that asks for a longer rest is not waited for here: each request is to fail by itself.
    static var longestRest: Duration { .seconds(900) }
    /// Distance after a refusal without numbers; it doubles with each further one.
    private static var firstGap: Duration { .milliseconds(250) }

    private let limit: Int
    private let clock: C
    private var inside = 0
    private var gap = Duration.zero
    /// No request starts earlier.
    private var next: C.Instant
    private var waiting: [Waiter] = []
    private var nextWaiter = 0

    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    init(limit: Int, clock: C) {
        self.limit = limit
        self.clock = clock
        next = clock.now
    }

    /// Waits for a turn; afterwards call ``leave(after:)``. False when the task was cancelled.
    func enter() async -> Bool {
        guard await takePlace() else { return false }
        let start = max(clock.now, next)
        next = start.advanced(by: gap)
        guard start > clock.now else { return true }
        do {
            try await clock.sleep(until: start, tolerance: nil)
            return true
        } catch {
            givePlace()
            return false
        }
    }

    /// - Parameter answer: nil when there was none.
    func leave(after answer: HTTPResponse?) {
        if let answer { adapt(to: answer) }
        givePlace()
    }

    private func adapt(to answer: HTTPResponse) {
        let told = RateLimitHeaders.gap(answer).map { min($0, Self.longestGap) }
        guard answer.status == 429 || answer.status == 503 else {
            // Half as far apart with each good answer, unless the host names a distance.
            gap = told ?? (gap < .milliseconds(50) ? .zero : gap / 2)
            return
        }
        gap = max(told ?? .zero, min(max(Self.firstGap, gap * 2), Self.longestGap))
        if let rest = answer.retryAfter, rest <= Self.longestRest {
            next = max(next, clock.now.advanced(by: rest))
        }
    }

    private func takePlace() async -> Bool {
        if Task.isCancelled { return false }
        if inside < limit {
            inside += 1
            return true
        }
        let number = nextWaiter
        nextWaiter += 1
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Cancelled already: the handler below found nothing to resume.
                if Task.isCancelled {
                    continuation.resume(returning: false)
                } else {
                    waiting.append(Waiter(number: number, continuation: continuation))
                }
            }
        } onCancel: {
            // Unstructured: the handler may not wait for the actor.
            Task { await self.sendAway(number) }
        }
    }

    private func givePlace() {
        if waiting.isEmpty {
            inside -= 1
        } else {
            waiting.removeFirst().continuation.resume(returning: true)
        }
    }

    private func sendAway(_ number: Int) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: index).continuation.resume(returning: false)
    }
}
