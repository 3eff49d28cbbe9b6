import Synchronization

/// Deliveries between the connection's thread, which puts them in, and the one task that takes them out.
///
/// Not an `AsyncStream` with a buffer: what has not been handed out can be taken back here, on a stop and when its connection
/// is lost. Bounded by the prefetch count.
final class DeliveryBuffer: Sendable {
    private struct State {
        var deliveries = FIFO<Delivery>()
        var waiter: CheckedContinuation<Delivery?, any Error>?
        var end: Result<Void, any Error>?
        var isStarted = false
    }

    private let state = Mutex(State())

    /// True for the first caller.
    func start() -> Bool {
        state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
    }

    /// The next delivery; nil at the end and when the task is cancelled.
    func next() async throws -> Delivery? {
        if let delivery = state.withLock({ $0.deliveries.removeFirst() }) { return delivery }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Delivery?, any Error>? = state.withLock { state in
                    if let delivery = state.deliveries.removeFirst() { return .success(delivery) }
                    if let end = state.end { return end.map { nil } }
                    if Task.isCancelled { return .success(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            takeWaiter()?.resume(returning: nil)
        }
    }

    /// Puts one in. Whoever waits is told by ``flush()``.
    ///
    /// - Returns: false when it has ended; the delivery is not taken then.
    func push(_ delivery: Delivery) -> Bool {
        state.withLock { state in
            guard state.end == nil else { return false }
            state.deliveries.append(delivery)
            return true
        }
    }

    /// Wakes whoever waits, once for all that was put in: a wake-up costs more than everything else about a delivery.
    func flush() {
        let awaited = state.withLock { state -> (CheckedContinuation<Delivery?, any Error>, Delivery)? in
            guard let waiter = state.waiter, let delivery = state.deliveries.removeFirst() else { return nil }
            state.waiter = nil
            return (waiter, delivery)
        }
        if let (waiter, delivery) = awaited { waiter.resume(returning: delivery) }
    }

    /// Takes back what has not been handed out.
    func removeAll() -> [Delivery] {
        state.withLock { state in
            defer { state.deliveries = FIFO() }
            return state.deliveries.elements
        }
    }

    /// Ends the sequence, with a fault or without. The first call decides.
    ///
    /// - Returns: what has not been handed out.
    func finish(throwing error: (any Error)? = nil) -> [Delivery] {
        let end: Result<Void, any Error> = error.map { .failure($0) } ?? .success(())
        let rest = removeAll(ending: end)
        takeWaiter()?.resume(with: end.map { nil })
        return rest
    }

    private func removeAll(ending end: Result<Void, any Error>) -> [Delivery] {
        state.withLock { state in
            if state.end == nil { state.end = end }
            defer { state.deliveries = FIFO() }
            return state.deliveries.elements
        }
    }

    private func takeWaiter() -> CheckedContinuation<Delivery?, any Error>? {
        state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
    }
}
