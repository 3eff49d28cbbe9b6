import Synchronization

/// Counts what a worker has under way, so that draining knows when it has been idle long enough.
final class Activity: Sendable {
    private struct State {
        var underWay = 0
        var total = 0
        var lastChange = ContinuousClock.now
    }

    private let state = Mutex(State())

    func began() {
        change {
            $0.underWay += 1
            $0.total += 1
        }
    }

    func ended() { change { $0.underWay -= 1 } }

    /// What has ever been under way.
    var total: Int { state.withLock { $0.total } }

    /// How long nothing has been under way; nil while something is.
    var idleTime: Duration? {
        state.withLock { $0.underWay == 0 ? $0.lastChange.duration(to: .now) : nil }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            state.lastChange = .now
        }
    }
}
