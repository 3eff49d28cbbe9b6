import Synchronization

/// Says once that it is the first time.
final class Flag: Sendable {
    private let isRaised = Atomic(false)

    /// True the first time.
    func raise() -> Bool { !isRaised.exchange(true, ordering: .relaxed) }
}
