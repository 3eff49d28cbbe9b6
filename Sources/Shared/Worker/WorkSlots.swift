/// Who may work now: a number of deliveries together, or one suspect alone (``Suspicion``).
actor WorkSlots {
    enum Turn: Sendable {
        case work
        /// Another suspect is about to be worked on: put this delivery back, then call ``steppedAside()``.
        case stepAside
        /// The worker is stopping: hand it back.
        case stop
    }

    private struct Waiter {
        let suspicion: Suspicion
        let continuation: CheckedContinuation<Turn, Never>
    }

    private let limit: Int
    private var working = 0
    private var isAlone = false
    private var isStopping = false
    private var waiting = FIFO<Waiter>()
    private var steppingAside = 0
    private var cleared: CheckedContinuation<Void, Never>?

    init(limit: Int) { self.limit = limit }

    /// Waits for a turn, in the order of arrival. After `.work`, call ``leave()``.
    func enter(_ suspicion: Suspicion) async -> Turn {
        if isStopping { return .stop }
        return await withCheckedContinuation { continuation in
            waiting.append(Waiter(suspicion: suspicion, continuation: continuation))
            admit()
        }
    }

    func leave() {
        working -= 1
        isAlone = false
        admit()
    }

    /// Has every waiting suspect that was counted before put back, and returns once that is done. For the one that is alone.
    func clear() async {
        let all = takeAll()
        for waiter in all where !waiter.suspicion.mustStepAside { waiting.append(waiter) }
        for waiter in all where waiter.suspicion.mustStepAside {
            steppingAside += 1
            waiter.continuation.resume(returning: .stepAside)
        }
        if steppingAside > 0 { await withCheckedContinuation { cleared = $0 } }
    }

    func steppedAside() {
        steppingAside -= 1
        guard steppingAside == 0 else { return }
        cleared?.resume()
        cleared = nil
    }

    /// Sends everybody home who waits or comes later.
    func stop() {
        isStopping = true
        for waiter in takeAll() { waiter.continuation.resume(returning: .stop) }
    }

    private func takeAll() -> [Waiter] {
        var all: [Waiter] = []
        while let waiter = waiting.first {
            waiting.removeFirst()
            all.append(waiter)
        }
        return all
    }

    private func admit() {
        while !isAlone, working < limit, let next = waiting.first {
            if next.suspicion.isMarked {
                guard working == 0 else { return }
                isAlone = true
            }
            working += 1
            waiting.removeFirst()
            next.continuation.resume(returning: .work)
        }
    }
}
