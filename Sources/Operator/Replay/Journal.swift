import FoundationEssentials
import Logging
import Shared

/// The stream that keeps a copy of every publishing.
struct Journal: Sendable {
    let broker: Broker
    let logger: Logger

    /// Deliveries fetched ahead. A documents body may be 1 MiB, so not the hundreds that streams are usually read with.
    private static let prefetch = 64
    static let markType = "ohra.journal.mark"

    var name: String { broker.topology.journal }

    /// Where the journal ends now: the offset of a mark that this call leaves there.
    ///
    /// A stream cannot be asked for its end: a passive declaration counts 0 right after 300 confirmed messages (RabbitMQ
    /// 3.10), and the offset `last` means the beginning of the last chunk. A subscription from `next` on, made before the
    /// mark is published, gets the mark for certain, in an empty journal as well. No worker sees it: it goes to the stream
    /// alone.
    /// - Throws: ``BrokerError``: `topology` when there is no journal.
    private func end(_ publisher: Publisher) async throws -> Int64 {
        let cursor = try await open(at: .string("next"), through: .max)
        do {
            var properties = MessageProperties(messageID: UUID().uuidString.lowercased(), type: Self.markType)
            properties.timestamp = UInt64(Date().timeIntervalSince1970)
            properties.appID = "ohra-worker-sync"
            try await publisher.publish(
                Publishing(
                    exchange: broker.topology.exchange, routingKey: broker.topology.journalKey, properties: properties,
                    body: Array("{}".utf8)))
            while let entry = try await cursor.next() {
                guard entry.properties.messageID == properties.messageID else { continue }
                await cursor.close()
                return entry.offset
            }
            throw BrokerError(.unavailable, "the journal \(name) ended before the mark that was published to it")
        } catch {
            await cursor.close()
            throw error
        }
    }

    /// Has `body` read from the first message that may have been published at `since`, or from the first that is kept, up to
    /// the journal's end as of now.
    ///
    /// The broker starts at a chunk's beginning, so older messages may come first.
    /// - Parameter publisher: leaves the mark at the end.
    func read<Result>(
        since: Date?, marking publisher: Publisher, _ body: (JournalCursor) async throws -> Result
    ) async throws -> Result {
        let cursor = try await open(since: since, through: try await end(publisher))
        do {
            let result = try await body(cursor)
            await cursor.close()
            return result
        } catch {
            await cursor.close()
            throw error
        }
    }

    private func open(since: Date?, through end: Int64) async throws(BrokerError) -> JournalCursor {
        guard let since else { return try await open(at: .string("first"), through: end) }
        // Not after the end, where nothing would ever come.
        let start = min(since, .now).timeIntervalSince1970 - ReplayFilter.clockTolerance
        return try await open(at: .timestamp(UInt64(max(0, start))), through: end)
    }

    private func open(at start: HeaderValue, through end: Int64) async throws(BrokerError) -> JournalCursor {
        let consumer = Consumer(
            settings: broker.settings, queue: name, prefetch: Self.prefetch, arguments: ["x-stream-offset": start],
            name: broker.connectionName("journal"), logger: logger)
        do {
            try await consumer.connect()
        } catch {
            await consumer.close()
            guard error.replyCode == 404 else { throw error }
            throw BrokerError(
                .topology, "there is no journal \(name): start a worker or run `ohra topology apply` to create it",
                replyCode: error.replyCode)
        }
        return JournalCursor(consumer, name: name, end: end)
    }
}
