/// When to try to connect again, and when to say so.
struct ReconnectSchedule {
    private static let reminderInterval = Duration.seconds(60)

    private let delays: ClosedRange<Duration>
    private var failures = 0
    private var lastReminder: ContinuousClock.Instant?
    private var lastCode: BrokerError.Code?

    init(_ delays: ClosedRange<Duration>) { self.delays = delays }

    /// The pause after a failure: doubles up to the longest, and is jittered so that a fleet does not come back all at once.
    mutating func delay(after error: BrokerError) -> Duration {
        failures += 1
        let ceiling = min(delays.upperBound, delays.lowerBound * (1 << min(failures, 16)))
        let delay = delays.lowerBound + (ceiling - delays.lowerBound) * Double.random(in: 0...1)
        // Wrong credentials do not heal by themselves, and brokers lock out those who hammer.
        return error.code == .unauthorized ? max(delay, delays.upperBound * 2) : delay
    }

    mutating func succeeded() { self = ReconnectSchedule(delays) }

    /// Whether to log this failure now: the first time, then once a minute, and when it becomes one that somebody must act on.
    mutating func isReminderDue(for error: BrokerError, now: ContinuousClock.Instant = .now) -> Bool {
        let isNews = error.code != lastCode && !error.isRetriable
        lastCode = error.code
        if !isNews, let lastReminder, lastReminder.duration(to: now) < Self.reminderInterval { return false }
        lastReminder = now
        return true
    }
}
