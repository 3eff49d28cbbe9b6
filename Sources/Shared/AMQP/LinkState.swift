import Synchronization

/// How a publisher or consumer stands with the broker, for readiness checks.
public enum LinkState: UInt8, Sendable {
    /// Not connected yet, or not any more, and trying.
    case connecting
    case connected
    /// Connected, but the broker takes no publishings for now (`connection.blocked`: memory or disk alarm).
    case blocked
    case closed
}

/// A ``LinkState`` that any thread may read.
final class AtomicLinkState: Sendable {
    private let raw = Atomic<UInt8>(LinkState.connecting.rawValue)

    var value: LinkState {
        get { LinkState(rawValue: raw.load(ordering: .relaxed)) ?? .connecting }
        set { raw.store(newValue.rawValue, ordering: .relaxed) }
    }
}
