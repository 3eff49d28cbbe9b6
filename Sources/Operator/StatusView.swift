import Shared

/// What `ohra status --watch` shows.
struct StatusView {
    private var history = StatusHistory()

    /// Takes a reading in and returns the lines to show.
    mutating func lines(_ status: FleetStatus, at now: ContinuousClock.Instant, columns: Int) -> [String] {
        history.add(status, at: now)
        var lines = queueTable(status).lines(width: columns - 1)
        if !status.sources.isEmpty { lines += [""] + status.sourceTable.lines(width: columns - 1) }
        let documents = "\(status.documents.grouped) documents\(history.documentSpeed)"
        let points = "\(status.points.grouped) points\(history.pointSpeed)"
        return lines + ["", "\(documents)  \(points)  \(status.dead.grouped) dead letters"]
    }

    private func queueTable(_ status: FleetStatus) -> TextTable {
        var table = TextTable([
            .init("queue", isFlexible: true), .init("ready", .right), .init("unacked", .right),
            .init("consumers", .right), .init("change", .right), .init("left", .right), .init("worked off"),
        ])
        for queue in status.busyQueues {
            table.add([
                queue.name, queue.depth.messages.grouped, queue.unacked.map(\.grouped) ?? "?",
                "\(queue.depth.consumers)", history.change(of: queue).map(StatusHistory.signed) ?? "",
                history.timeLeft(of: queue)?.clock ?? "", queue.isWork ? bar(queue) : "",
            ])
        }
        return table
    }

    private func bar(_ queue: FleetStatus.Queue) -> String {
        guard let share = history.shareDone(of: queue) else { return "idle" }
        return "\(ProgressBar.text(share, width: 16)) \(Int(share * 100))%"
    }
}
