import Synchronization

/// Counts what is under way, so that draining a queue knows when it has been idle long enough.
public final class Activity: Sendable {
    private struct State {
        var underWay = 0
        var total = 0
        var lastChange = ContinuousClock.now
    }

    private let state = Mutex(State())

    public init() {}

    public func began() {
        change {
            $0.underWay += 1
            $0.total += 1
        }
    }

    public func ended() { change { $0.underWay -= 1 } }

    /// What has ever been under way.
    public var total: Int { state.withLock { $0.total } }

    /// How long nothing has been under way; nil while something is.
    public var idleTime: Duration? {
        state.withLock { $0.underWay == 0 ? $0.lastChange.duration(to: .now) : nil }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            state.lastChange = .now
        }
    }
}
