import Shared

/// Reads the journal in order, every message once, up to a given end. Call ``close()`` in the end.
///
/// When the connection is lost the subscription starts over at its first offset; what was read before is passed over.
final class JournalCursor {
    /// Without a delivery for so long the broker is taken for unavailable.
    private static let patience = Duration.seconds(60)

    private let consumer: Consumer
    private let name: String
    private let end: Int64
    private var deliveries: AsyncThrowingStream<Delivery, any Error>.Iterator
    private var firstOffset: Int64?
    private var lastOffset: Int64 = -1
    private var isOver = false

    init(_ consumer: Consumer, name: String, end: Int64) {
        self.consumer = consumer
        self.name = name
        self.end = end
        deliveries = consumer.deliveries.makeAsyncIterator()
    }

    /// The next message before the end, nil at the end.
    ///
    /// - Throws: ``BrokerError``, `unavailable` when nothing has come for a minute.
    func next() async throws -> JournalEntry? {
        while !isOver {
            guard let delivery = try await awaitDelivery() else {
                try Task.checkCancellation()
                throw BrokerError(
                    .unavailable, "the broker has sent nothing of the journal \(name) for \(Self.patience)")
            }
            // An acknowledgement of a stream is credit for further deliveries and nothing else.
            await consumer.settle(delivery, .acknowledge)
            guard let offset = delivery.properties.headers["x-stream-offset"]?.int else {
                throw BrokerError(.topology, "\(name) is no stream: its deliveries have no offset")
            }
            if offset >= end { break }
            guard offset > lastOffset else { continue }
            firstOffset = firstOffset ?? offset
            lastOffset = offset
            return JournalEntry(offset: offset, properties: delivery.properties, body: delivery.body)
        }
        isOver = true
        return nil
    }

    /// Messages read, and how many there are in all.
    var progress: (completed: Int, total: Int) {
        guard let firstOffset else { return (0, 0) }
        return (Int(lastOffset - firstOffset + 1), Int(end - firstOffset))
    }

    func close() async {
        isOver = true
        await consumer.close()
    }

    private func awaitDelivery() async throws -> Delivery? {
        // Stopping the consumer ends its deliveries, which a task that sleeps beside cannot do to an iterator.
        let watchdog = Self.stop(consumer, after: Self.patience)
        defer { watchdog.cancel() }
        return try await deliveries.next()
    }

    private static func stop(_ consumer: Consumer, after patience: Duration) -> Task<Void, any Error> {
        Task {
            try await Task.sleep(for: patience)
            await consumer.stop()
        }
    }
}
