import Shared

/// The newest readings of the fleet's state, and what they say about speed.
struct StatusHistory: Sendable {
    private struct Reading {
        let at: ContinuousClock.Instant
        let waiting: [String: Int]
        let documents: Int
        let points: Int
    }

    /// Speed is measured over this time: long enough to be calm, short enough to follow.
    private static let span = Duration.seconds(8)

    private var readings: [Reading] = []
    /// The most that waited in a queue since it was last empty: what the share worked off is of.
    private var peaks: [String: Int] = [:]

    mutating func add(_ status: FleetStatus, at now: ContinuousClock.Instant) {
        let waiting = Dictionary(uniqueKeysWithValues: status.queues.map { ($0.name, $0.waiting) })
        for (name, count) in waiting { peaks[name] = count == 0 ? 0 : max(peaks[name] ?? 0, count) }
        readings.append(Reading(at: now, waiting: waiting, documents: status.documents, points: status.points))
        readings.removeAll { $0.at < now - Self.span }
    }

    /// Messages a second by which a queue grows; nil while only one reading is known.
    func change(of queue: FleetStatus.Queue) -> Double? { rate { $0.waiting[queue.name] ?? 0 } }

    /// Time until a queue is empty at this speed, nil while it does not get shorter.
    func timeLeft(of queue: FleetStatus.Queue) -> Duration? {
        guard let change = change(of: queue), change <= -0.05, queue.waiting > 0 else { return nil }
        let seconds = Double(queue.waiting) / -change
        return seconds < 1e6 ? .seconds(seconds) : nil
    }

    /// What was worked off since a queue was fullest, from 0 to 1; nil for one that is empty.
    func shareDone(of queue: FleetStatus.Queue) -> Double? {
        guard let peak = peaks[queue.name], peak > 0 else { return nil }
        return Double(peak - queue.waiting) / Double(peak)
    }

    /// Documents and points a second, empty while nothing moves or only one reading is known.
    var documentSpeed: String { speed(\.documents) }
    var pointSpeed: String { speed(\.points) }

    static func signed(_ rate: Double) -> String {
        let tenths = Int((rate * 10).rounded())
        guard tenths != 0 else { return "0/s" }
        let sign = tenths > 0 ? "+" : "-"
        return "\(sign)\((tenths.magnitude / 10).description).\(tenths.magnitude % 10)/s"
    }

    /// ` (+12.5/s)`
    private func speed(_ count: (Reading) -> Int) -> String {
        guard let rate = rate(count), abs(rate) >= 0.05 else { return "" }
        return " (\(Self.signed(rate)))"
    }

    /// Change per second over the readings that are kept.
    private func rate(_ count: (Reading) -> Int) -> Double? {
        guard let first = readings.first, let last = readings.last, last.at > first.at else { return nil }
        return Double(count(last) - count(first)) / first.at.duration(to: last.at).inSeconds
    }
}
