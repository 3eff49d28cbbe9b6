/// Lets something through once per interval, the first time at once.
public struct Throttle: Sendable {
    private let interval: Duration
    private var next = ContinuousClock.now

    public init(interval: Duration) { self.interval = interval }

    /// True when the interval has passed since it last was.
    public var isDue: Bool {
        mutating get {
            guard ContinuousClock.now >= next else { return false }
            next = .now + interval
            return true
        }
    }
}
