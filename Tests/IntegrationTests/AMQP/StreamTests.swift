import FoundationEssentials
import Shared
import Testing

/// What the journal relies on: how RabbitMQ reads a stream over AMQP 0-9-1.
@Suite(.serialized, .timeLimit(.minutes(2))) struct StreamTests {
    private func withStream(_ body: @Sendable (Scene) async throws -> Void) async throws {
        try await Scene.with(arguments: ["x-queue-type": .string("stream")], body)
    }

    private func consumer(_ scene: Scene, _ start: HeaderValue, prefetch: Int = 10) -> Consumer {
        Consumer(
            settings: scene.settings, queue: scene.queue, prefetch: prefetch, arguments: ["x-stream-offset": start],
            name: "test stream", logger: RealBroker.logger)
    }

    /// The offsets up to `last`, acknowledged one by one.
    private func offsets(_ scene: Scene, from start: HeaderValue, through last: Int64) async throws -> [Int64] {
        let consumer = consumer(scene, start)
        var offsets: [Int64] = []
        for try await delivery in consumer.deliveries {
            await consumer.settle(delivery, .acknowledge)
            offsets.append(try #require(delivery.properties.headers["x-stream-offset"]?.int))
            if offsets.last == last { break }
        }
        await consumer.close()
        return offsets
    }

    @Test func everyStartingPointBeginsAtOrBeforeWhatItNames() async throws {
        try await withStream { scene in
            let publisher = scene.publisher()
            let before = UInt64(Date().timeIntervalSince1970) - 1
            try await publisher.publish(all: (0..<300).map { scene.publishing($0) })
            await publisher.close()
            let all = (0..<300).map { Int64($0) }
            #expect(try await offsets(scene, from: .string("first"), through: 299) == all)
            #expect(try await offsets(scene, from: .timestamp(before), through: 299) == all)
            #expect(try await offsets(scene, from: .timestamp(0), through: 299) == all)
            #expect(try await offsets(scene, from: .int(290), through: 299) == Array(all[290...]))
            let last = try await offsets(scene, from: .string("last"), through: 299)
            #expect(last == Array(all.suffix(last.count)))
        }
    }

    /// What finds the end of the journal.
    @Test func subscriptionFromNextSeesWhatIsPublishedAfterIt() async throws {
        try await withStream { scene in
            let publisher = scene.publisher()
            try await publisher.publish(all: (0..<50).map { scene.publishing($0) })
            let consumer = consumer(scene, .string("next"))
            try await consumer.connect()
            try await publisher.publish(all: (50..<55).map { scene.publishing($0) }, atOnce: 1)
            var iterator = consumer.deliveries.makeAsyncIterator()
            let first = try #require(try await iterator.next())
            #expect(first.properties.headers["x-stream-offset"] == .int(50))
            #expect(first.properties.messageID == "50")
            await consumer.close()
            await publisher.close()
        }
    }

    @Test func propertiesAndHeadersComeBackAsTheyWere() async throws {
        try await withStream { scene in
            let publisher = scene.publisher()
            var publishing = MessageEnvelope(type: "ohra.documents", run: "r", source: "jira", attempt: 2)
                .publishing(exchange: scene.exchange, routingKey: scene.routingKey, body: Array("{\"a\":\"가\"}".utf8))
            publishing.properties.headers["x-replay"] = .string("replay-1")
            publishing.properties.headers["x-empty"] = .string("")
            publishing.properties.headers["traceparent"] = .string("00-1-2-01")
            try await publisher.publish(publishing)
            await publisher.close()
            let consumer = consumer(scene, .string("first"))
            var iterator = consumer.deliveries.makeAsyncIterator()
            let delivery = try #require(try await iterator.next())
            await consumer.close()
            var properties = delivery.properties
            #expect(properties.headers.removeValue(forKey: "x-stream-offset") == .int(0))
            #expect(properties == publishing.properties)
            #expect(delivery.body == publishing.body)
        }
    }

    /// Why a consumer of a stream hands nothing back.
    @Test func negativeAcknowledgementBreaksTheConnection() async throws {
        try await withStream { scene in
            let publisher = scene.publisher()
            try await publisher.publish(all: (0..<2).map { scene.publishing($0) }, atOnce: 1)
            await publisher.close()
            let consumer = consumer(scene, .string("first"))
            var iterator = consumer.deliveries.makeAsyncIterator()
            let first = try #require(try await iterator.next())
            await consumer.settle(first, .requeue)
            // Subscribed anew: the first message comes again on another connection.
            var second = try #require(try await iterator.next())
            if second.connection == first.connection { second = try #require(try await iterator.next()) }
            #expect(second.connection != first.connection)
            #expect(second.properties.messageID == first.properties.messageID)
            await consumer.close()
        }
    }

    /// A stream knows no `basic.nack`: handing back what was fetched ahead would break the connection, with an error in the
    /// broker's log.
    @Test func closingWithDeliveriesFetchedAheadLeavesThemUnanswered() async throws {
        try await withStream { scene in
            let publisher = scene.publisher()
            try await publisher.publish(all: (0..<100).map { scene.publishing($0) })
            let consumer = consumer(scene, .string("first"), prefetch: 50)
            var iterator = consumer.deliveries.makeAsyncIterator()
            let first = try #require(try await iterator.next())
            await consumer.stop()
            // The connection still works, which an error would have ended.
            await consumer.settle(first, .acknowledge)
            #expect(try await consumer.queueDepth().consumers == 0)
            await consumer.close()
            await publisher.close()
        }
    }
}
