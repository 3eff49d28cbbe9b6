import FoundationEssentials

/// When scheduled runs are due: at whole multiples of the interval since 1970, so that 6 hours means 00, 06, 12 and 18 o'clock
/// UTC whenever the process was started, and a little later by a share of its own, so that not every fleet asks the sites in
/// the same second.
struct Schedule: Sendable, Equatable {
    let interval: TimeInterval
    /// Seconds after the tick, the same for the life of the process.
    let jitter: TimeInterval

    /// Jitter is at most a twentieth of the interval, and five minutes.
    static func maximumJitter(_ interval: TimeInterval) -> TimeInterval { min(interval / 20, 300) }

    init(hours: Double, share: Double = .random(in: 0..<1)) {
        interval = hours * 3600
        jitter = share * Self.maximumJitter(interval)
    }

    /// The first due moment later than `date`.
    func next(after date: Date) -> Date {
        let ticks = ((date.timeIntervalSince1970 - jitter) / interval).rounded(.down) + 1
        let due = Date(timeIntervalSince1970: ticks * interval + jitter)
        // Rounding of large numbers must not give the same moment again.
        return due > date ? due : Date(timeIntervalSince1970: (ticks + 1) * interval + jitter)
    }

    /// How many due moments lie after `start` and not after `end`.
    func ticks(after start: Date, through end: Date) -> Int {
        func passed(_ date: Date) -> Double { ((date.timeIntervalSince1970 - jitter) / interval).rounded(.down) }
        return max(0, Int(passed(end) - passed(start)))
    }
}
