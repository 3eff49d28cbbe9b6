import Shared
import TestSupport
import Synchronization
import Testing

@Suite struct ConsumerIntegrationTests {
    @Test func missingQueueIsATopologyError() async throws {
        let consumer = Consumer(
            settings: try RealBroker.settings(), queue: "no-such-queue", prefetch: 1, name: "test",
            logger: RealBroker.logger)
        let error = await #expect(throws: BrokerError.self) { try await consumer.connect() }
        #expect(error?.code == .topology && error?.message.contains("no-such-queue") == true)
        await consumer.close()
    }

    @Test func aQueueWithOtherArgumentsIsATopologyError() async throws {
        try await Scene.with { scene in
            let error = await #expect(throws: BrokerError.self) {
                try await BrokerConnection.with(scene.settings, name: "test") { broker throws(BrokerError) in
                    try await broker.declareQueue(scene.queue, arguments: ["x-queue-type": .string("classic")])
                }
            }
            #expect(error?.code == .topology && error?.message.contains("x-queue-type") == true)
        }
    }

    @Test func gracefulCloseKeepsAllAcknowledgements() async throws {
        try await Scene.with { scene in
            let publisher = scene.publisher()
            for round in 1...10 {
                try await publisher.publish(all: (0..<1500).map { scene.publishing($0) }, atOnce: 200)
                let consumer = scene.consumer(prefetch: 1500)
                var count = 0
                for try await delivery in consumer.deliveries {
                    count += 1
                    await consumer.settle(delivery, .acknowledge)
                    if count == 1500 { break }
                }
                await consumer.close()
                let depth = try await scene.depth()
                #expect(depth.messages == 0, "round \(round)")
            }
            await publisher.close()
        }
    }

    @Test func lostConnectionsLoseNothing() async throws {
        try await Scene.with { scene in
            let proxy = try FaultProxy(target: UInt16(scene.settings.port))
            defer { proxy.end() }
            var settings = scene.settings
            settings.url = try ServiceURL("amqp://127.0.0.1:\(proxy.port)", schemes: ["amqp"])
            let (publisher, consumer) = (scene.publisher(settings), scene.consumer(settings, prefetch: 50))
            let count = 3000
            async let published: Void = publisher.publish(
                all: (0..<count).lazy.map { scene.publishing($0, size: 20_000) }, atOnce: 100)
            var seen: Set<Int> = []
            var total = 0
            for try await delivery in consumer.deliveries {
                seen.insert(delivery.number)
                total += 1
                await consumer.settle(delivery, .acknowledge)
                if total % 500 == 0, seen.count < count { proxy.cut() }
                if seen.count == count { await consumer.stop() }
            }
            try await published
            await consumer.close()
            await publisher.close()
            #expect(seen.count == count)
            #expect(proxy.accepted > 6)
            print("AMQP cut test: \(total) deliveries of \(count) messages over \(proxy.accepted) connections")
        }
    }

    /// The queue is declared again only after the consumer has noticed: RabbitMQ 3.10.8 does not cancel the consumers of a
    /// quorum queue that is declared again within milliseconds, and holds its messages as delivered to them.
    @Test(.timeLimit(.minutes(1))) func aDeletedQueueIsWaitedForAndConsumedAgain() async throws {
        try await Scene.with { scene in
            let (publisher, consumer) = (scene.publisher(), scene.consumer(prefetch: 1))
            try await consumer.connect()
            try await BrokerConnection.with(scene.settings, name: "test") { broker throws(BrokerError) in
                try await broker.deleteQueue(scene.queue)
            }
            while consumer.state == .connected { try await Task.sleep(for: .milliseconds(10)) }
            try await BrokerConnection.with(scene.settings, name: "test") { broker throws(BrokerError) in
                try await broker.declareQueue(scene.queue, arguments: ["x-queue-type": .string("quorum")])
                try await broker.bind(queue: scene.queue, to: scene.exchange, routingKey: scene.routingKey)
            }
            try await publisher.publish(scene.publishing(3))
            var iterator = consumer.deliveries.makeAsyncIterator()
            let delivery = try #require(try await iterator.next())
            #expect(delivery.number == 3 && delivery.connection > 1)
            await consumer.settle(delivery, .acknowledge)
            await consumer.close()
            await publisher.close()
        }
    }

    @Test func depthCountsReadyMessagesAndConsumers() async throws {
        try await Scene.with { scene in
            let (publisher, consumer) = (scene.publisher(), scene.consumer(prefetch: 2))
            for number in 0..<5 { try await publisher.publish(scene.publishing(number)) }
            try await consumer.connect()
            var iterator = consumer.deliveries.makeAsyncIterator()
            _ = try await iterator.next()
            let depth = try await consumer.queueDepth()
            #expect(depth == QueueDepth(messages: 3, consumers: 1))
            await consumer.close()
            await publisher.close()
        }
    }
}
