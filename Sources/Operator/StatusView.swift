import Shared

/// What `ohra status --watch` shows: the newest reading, and what the readings before it say about speed.
struct StatusView {
    private struct Reading {
        let at: ContinuousClock.Instant
        let waiting: [String: Int]
        let documents: Int
        let points: Int
    }

    /// Speed is measured over this time: long enough to be calm, short enough to follow.
    private static let span = Duration.seconds(8)

    private var readings: [Reading] = []
    /// The most that waited in a queue since it was last empty: what the bar is a share of.
    private var peaks: [String: Int] = [:]

    /// Takes a reading in and returns the lines to show.
    mutating func lines(_ status: FleetStatus, at now: ContinuousClock.Instant, columns: Int) -> [String] {
        let waiting = Dictionary(uniqueKeysWithValues: status.queues.map { ($0.name, $0.waiting) })
        for (name, count) in waiting { peaks[name] = count == 0 ? 0 : max(peaks[name] ?? 0, count) }
        readings.append(Reading(at: now, waiting: waiting, documents: status.documents, points: status.points))
        readings.removeAll { $0.at < now - Self.span }

        var lines = queueTable(status).lines(width: columns - 1)
        if !status.sources.isEmpty { lines += [""] + status.sourceTable.lines(width: columns - 1) }
        let documents = "\(status.documents.grouped) documents\(speed(\.documents))"
        let points = "\(status.points.grouped) points\(speed(\.points))"
        return lines + ["", "\(documents)  \(points)  \(status.dead.grouped) dead letters"]
    }

    /// Retry and dead-letter queues are shown while something is in them.
    private func queueTable(_ status: FleetStatus) -> TextTable {
        var table = TextTable([
            .init("queue", isFlexible: true), .init("ready", .right), .init("unacked", .right),
            .init("consumers", .right), .init("change", .right), .init("left", .right), .init("worked off"),
        ])
        for queue in status.queues where queue.isWork || queue.waiting > 0 {
            let change = rate { $0.waiting[queue.name] ?? 0 }
            table.add([
                queue.name, queue.depth.messages.grouped, queue.unacked.map(\.grouped) ?? "?",
                "\(queue.depth.consumers)", change.map(Self.signed) ?? "",
                change.flatMap { Self.left(queue.waiting, $0) } ?? "",
                queue.isWork ? bar(queue) : "",
            ])
        }
        return table
    }

    private func bar(_ queue: FleetStatus.Queue) -> String {
        guard let peak = peaks[queue.name], peak > 0 else { return "idle" }
        let share = Double(peak - queue.waiting) / Double(peak)
        return "\(ProgressBar.text(share, width: 16)) \(Int(share * 100))%"
    }

    /// ` (+12.5/s)`, empty while nothing moves or only one reading is known.
    private func speed(_ count: (Reading) -> Int) -> String {
        guard let rate = rate(count), abs(rate) >= 0.05 else { return "" }
        return " (\(Self.signed(rate)))"
    }

    /// Change per second over the readings that are kept.
    private func rate(_ count: (Reading) -> Int) -> Double? {
        guard let first = readings.first, let last = readings.last, last.at > first.at else { return nil }
        return Double(count(last) - count(first)) / first.at.duration(to: last.at).inSeconds
    }

    private static func signed(_ rate: Double) -> String {
        let tenths = Int((rate * 10).rounded())
        guard tenths != 0 else { return "0/s" }
        let sign = tenths > 0 ? "+" : "-"
        return "\(sign)\((tenths.magnitude / 10).description).\(tenths.magnitude % 10)/s"
    }

    /// Time until the queue is empty at this speed.
    private static func left(_ waiting: Int, _ rate: Double) -> String? {
        guard rate <= -0.05, waiting > 0 else { return nil }
        let seconds = Double(waiting) / -rate
        return seconds < 1e6 ? Duration.seconds(seconds).clock : nil
    }
}
