import ServiceLifecycle
import Shared
import Synchronization

/// Tells a run to end early and in good order: nothing more is read, what was read is published and confirmed.
final class StopSignal: Sendable {
    enum Reason: Sendable {
        /// The program was told to stop.
        case shutdown
        /// Another extractor may read the source now.
        case leaseLost(LeaseLost)
    }

    private struct State {
        var reason: Reason?
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter = 0
    }

    private let state = Mutex(State())

    var reason: Reason? { state.withLock { $0.reason } }

    /// The first reason counts.
    func stop(_ reason: Reason) {
        let waiters = state.withLock { state in
            state.reason = state.reason ?? reason
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when there is a reason, or when the task is cancelled.
    func wait() async {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.reason != nil || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }

    /// Waits for the source: cancels `work` at once when the run is to stop.
    ///
    /// - Throws: ``Stopped``, or what `work` throws.
    func unlessStopped<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard reason == nil else { throw Stopped() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                await self.wait()
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw Stopped() }
            return value
        }
    }

    struct Stopped: Error {}
}

extension StopSignal {
    private enum Step<Value: Sendable>: Sendable {
        case value(Value)
        case watched
        case overdue
    }

    /// Runs `body`; its signal stops it when the program shuts down or the lease is lost.
    ///
    /// - Parameters:
    ///   - lease: held meanwhile; nil for a run that needs none.
    ///   - grace: a body that has not ended so long after the signal is cancelled.
    static func with<Value: Sendable>(
        lease: Lease?, grace: Duration, _ body: @escaping @Sendable (StopSignal) async throws -> Value
    ) async throws -> Value {
        let stop = StopSignal()
        return try await withThrowingTaskGroup(of: Step<Value>.self) { group in
            group.addTask { .value(try await body(stop)) }
            group.addTask {
                if (try? await gracefulShutdown()) != nil { stop.stop(.shutdown) }
                return .watched
            }
            if let lease {
                group.addTask {
                    if let lost = await lease.hold() { stop.stop(.leaseLost(lost)) }
                    return .watched
                }
            }
            group.addTask {
                await stop.wait()
                try? await Task.sleep(for: grace)
                return .overdue
            }
            defer { group.cancelAll() }
            while let step = try await group.next() {
                switch step {
                case .value(let value): return value
                case .overdue: group.cancelAll()
                case .watched: continue
                }
            }
            throw CancellationError()
        }
    }
}
