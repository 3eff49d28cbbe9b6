import Shared
import Synchronization

/// Holds every request until a test answers it.
final class HoldingTransport: HTTPTransport {
    /// One request that waits for its answer.
    final class Held: Sendable {
        let request: SentRequest
        private let continuation: Mutex<CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>?>

        fileprivate init(
            _ request: SentRequest, _ continuation: CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>
        ) {
            self.request = request
            self.continuation = Mutex(continuation)
        }

        func answer(_ response: HTTPResponse) { finish(.success(response)) }
        func answerWell() { answer(.vectors(for: request)) }

        fileprivate func finish(_ result: Result<HTTPResponse, HTTPError>) {
            let waiter = continuation.withLock { waiter in
                defer { waiter = nil }
                return waiter
            }
            waiter?.resume(returning: result)
        }
    }

    private let held = Mutex<[Held]>([])
    private let (arrivals, arrived) = AsyncStream.makeStream(of: Held.self)
    private let (cancellations, cancelled) = AsyncStream.makeStream(of: [String].self)

    /// The next request that comes.
    func next() async throws -> Held {
        for await request in arrivals { return request }
        throw CancellationError()
    }

    /// The texts of the next request that is cancelled.
    func nextCancelled() async throws -> [String] {
        for await texts in cancellations { return texts }
        throw CancellationError()
    }

    /// Requests so far.
    var count: Int { held.withLock { $0.count } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let sent = SentRequest(request)
        let mine = Mutex<Held?>(nil)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let item = Held(sent, continuation)
                mine.withLock { $0 = item }
                held.withLock { $0.append(item) }
                if Task.isCancelled { cancel(item) } else { arrived.yield(item) }
            }
        } onCancel: {
            if let item = mine.withLock({ $0 }) { cancel(item) }
        }
        return try result.get()
    }

    private func cancel(_ item: Held) {
        item.finish(.failure(HTTPError(.cancelled, endpoint: "held", message: "cancelled")))
        cancelled.yield(item.request.texts)
    }
}

/// A clock whose sleeps last until a test ends them.
final class HeldClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let (sleeps, begun) = AsyncStream.makeStream(of: (Duration, CheckedContinuation<Void, Never>).self)

    var now: Instant { Instant(offset: .zero) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        await withCheckedContinuation { begun.yield((deadline.offset, $0)) }
    }

    /// Waits until something sleeps.
    ///
    /// - Returns: for how long, and what wakes it.
    func next() async throws -> (duration: Duration, wake: () -> Void) {
        for await (duration, sleeper) in sleeps { return (duration, { sleeper.resume() }) }
        throw CancellationError()
    }
}
