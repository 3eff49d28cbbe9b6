import FoundationEssentials
import Logging
import Shared

/// Sends messages of the journal to their work queue once more.
///
/// By the routing key that leads past the journal, which would get a copy of each message at each replay otherwise, and twice
/// as much would be replayed the next time.
struct Replay: Sendable {
    /// Header with the replay's id on everything it sends.
    static let header = "x-replay"
    /// Messages under way at once; each may be as large as a body can be.
    private static let window = 16

    let broker: Broker
    let filter: ReplayFilter
    let isDryRun: Bool
    let maximumQueued: Int
    let logger: Logger
    let id = "replay-" + UUID().uuidString.prefix(8).lowercased()

    private var queue: String { broker.topology.workQueue(filter.stage) }

    /// Reads the journal up to its end as of now and sends what the filter lets through.
    func run(_ progress: ProgressLine) async throws -> ReplayReport {
        let journal = Journal(broker: broker, logger: logger)
        let publisher = broker.publisher(patience: .seconds(300))
        do {
            try await publisher.connect()
            let report = try await journal.read(since: filter.since, marking: publisher) {
                try await send(from: $0, with: publisher, progress)
            }
            await publisher.close()
            return report
        } catch {
            await publisher.close()
            throw error
        }
    }

    private func send(
        from cursor: JournalCursor, with publisher: Publisher, _ progress: ProgressLine
    ) async throws -> ReplayReport {
        var report = ReplayReport(replay: id, queue: queue, isDryRun: isDryRun)
        var room = QueueRoom(broker, queue: queue, maximum: maximumQueued, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var underWay = 0
            while let entry = try await cursor.next(), !filter.isPast(entry.properties) {
                progress.update(completed: cursor.progress.completed, total: cursor.progress.total)
                guard let publishing = publishing(of: entry, noting: &report) else { continue }
                progress.setCounter(isDryRun ? "matching" : "sent", report.messages)
                if isDryRun { continue }
                if room.isSpent {
                    try await group.waitForAll()
                    underWay = 0
                    try await room.refill()
                }
                if underWay == Self.window {
                    try await group.next()
                    underWay -= 1
                }
                room.take()
                group.addTask { try await publisher.publish(publishing) }
                underWay += 1
            }
            try await group.waitForAll()
        }
        return report
    }

    /// What to send for a journal entry: its envelope with the attempts counted anew, and the wanted part of its body.
    private func publishing(of entry: JournalEntry, noting report: inout ReplayReport) -> Publishing? {
        guard filter.admits(entry.properties) else { return nil }
        do {
            var properties = entry.properties
            let body = try MessageEncoding.unpack(entry.body, &properties)
            var envelope = try MessageEnvelope(properties, expecting: filter.stage.messageType)
            guard let selection = try filter.select(from: body) else { return nil }
            report.add(selection)
            envelope.attempt = 1
            var publishing = envelope.publishing(
                exchange: broker.topology.exchange, routingKey: broker.topology.againKey(filter.stage),
                body: selection.body)
            publishing.properties.headers[Self.header] = .string(id)
            return publishing
        } catch {
            report.unreadable += 1
            logger.warning(
                "A message of the journal cannot be decoded and is left out",
                metadata: [LogKey.errorDetail: "\(error)", "journal.offset": "\(entry.offset)"])
            return nil
        }
    }
}
