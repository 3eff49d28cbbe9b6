import Shared
import TestSupport
import Testing

/// What every broker must do: run against the one in memory and the real one.
@Suite struct BrokerConformanceTests {
    enum Kind: CaseIterable, Sendable { case memory, real }

    struct Subject: Sendable {
        let exchange: String
        let queue: String
        let publisher: any BrokerPublisher
        /// By prefetch count.
        let consumer: @Sendable (Int) -> any BrokerConsumer

        func publish(_ text: String, key: String = "work", exchange: String? = nil) async throws {
            try await publisher.publish(
                Publishing(
                    exchange: exchange ?? self.exchange, routingKey: key,
                    properties: MessageProperties(messageID: text),
                    body: Array(text.utf8)))
        }
    }

    private func with(_ kind: Kind, _ body: @Sendable (Subject) async throws -> Void) async throws {
        switch kind {
        case .memory:
            let broker = MemoryBroker()
            broker.declareExchange("e")
            broker.declareQueue("q")
            broker.bind(queue: "q", to: "e", routingKey: "work")
            try await body(
                Subject(exchange: "e", queue: "q", publisher: broker.publisher()) {
                    broker.consumer(queue: "q", prefetch: $0)
                })
        case .real:
            try await Scene.with { scene in
                let publisher = scene.publisher()
                try await body(
                    Subject(exchange: scene.exchange, queue: scene.queue, publisher: publisher) {
                        scene.consumer(prefetch: $0)
                    })
                await publisher.close()
            }
        }
    }

    private func close(_ consumer: any BrokerConsumer) async {
        if let consumer = consumer as? Consumer { await consumer.close() }
        if let consumer = consumer as? MemoryConsumer { await consumer.disconnect() }
    }

    @Test(arguments: Kind.allCases) func bodiesAndPropertiesArriveInOrder(kind: Kind) async throws {
        try await with(kind) { subject in
            for number in 1...20 { try await subject.publish("m\(number)") }
            let consumer = subject.consumer(5)
            var seen: [String] = []
            for try await delivery in consumer.deliveries {
                seen.append(String(decoding: delivery.body, as: UTF8.self))
                #expect(delivery.properties.messageID == seen.last)
                #expect(
                    delivery.exchange == subject.exchange && delivery.routingKey == "work" && !delivery.isRedelivered)
                await consumer.settle(delivery, .acknowledge)
                if seen.count == 20 { await consumer.stop() }
            }
            #expect(seen == (1...20).map { "m\($0)" })
            await close(consumer)
        }
    }

    @Test(arguments: Kind.allCases) func unroutableIsThrown(kind: Kind) async throws {
        try await with(kind) { subject in
            let error = await #expect(throws: BrokerError.self) { try await subject.publish("x", key: "nowhere") }
            #expect(error?.code == .unroutable)
            try await subject.publish("still works")
        }
    }

    @Test(arguments: Kind.allCases) func missingExchangeIsATopologyError(kind: Kind) async throws {
        try await with(kind) { subject in
            let error = await #expect(throws: BrokerError.self) {
                try await subject.publish("x", exchange: "no-such-exchange")
            }
            #expect(error?.code == .topology)
            try await subject.publish("still works")
        }
    }

    @Test(arguments: Kind.allCases) func requeuedComesBackMarked(kind: Kind) async throws {
        try await with(kind) { subject in
            try await subject.publish("again")
            let consumer = subject.consumer(1)
            var flags: [Bool] = []
            for try await delivery in consumer.deliveries {
                flags.append(delivery.isRedelivered)
                await consumer.settle(delivery, flags.count == 1 ? .requeue : .acknowledge)
                if flags.count == 2 { await consumer.stop() }
            }
            #expect(flags == [false, true])
            await close(consumer)
        }
    }

    @Test(arguments: Kind.allCases) func prefetchLimitsWhatIsUnsettled(kind: Kind) async throws {
        try await with(kind) { subject in
            for number in 1...6 { try await subject.publish("\(number)") }
            let consumer = subject.consumer(2)
            var iterator = consumer.deliveries.makeAsyncIterator()
            let first = try #require(try await iterator.next())
            let second = try #require(try await iterator.next())
            // Somebody else gets the rest: the first consumer's two are all it may hold.
            let other = subject.consumer(10)
            var others: [String] = []
            for try await delivery in other.deliveries {
                others.append(String(decoding: delivery.body, as: UTF8.self))
                await other.settle(delivery, .acknowledge)
                if others.count == 4 { await other.stop() }
            }
            #expect(others == ["3", "4", "5", "6"])
            await consumer.settle(first, .acknowledge)
            await consumer.settle(second, .acknowledge)
            await close(other)
            await close(consumer)
        }
    }

    @Test(arguments: Kind.allCases) func whatAConsumerLeavesGoesToTheNext(kind: Kind) async throws {
        try await with(kind) { subject in
            for number in 1...4 { try await subject.publish("\(number)") }
            let first = subject.consumer(4)
            var iterator = first.deliveries.makeAsyncIterator()
            let taken = try #require(try await iterator.next())
            #expect(taken.body == Array("1".utf8))
            await first.stop()
            #expect(try await iterator.next() == nil)
            await first.settle(taken, .acknowledge)
            await close(first)
            let second = subject.consumer(4)
            var seen: Set<String> = []
            for try await delivery in second.deliveries {
                seen.insert(String(decoding: delivery.body, as: UTF8.self))
                await second.settle(delivery, .acknowledge)
                if seen.count == 3 { await second.stop() }
            }
            #expect(seen == ["2", "3", "4"])
            await close(second)
        }
    }

    @Test(arguments: Kind.allCases) func aMissingQueueIsNoticedAndPublishingGoesOn(kind: Kind) async throws {
        try await with(kind) { subject in
            try await subject.publish("1")
            try await subject.publisher.verify(queue: subject.queue)
            let error = await #expect(throws: BrokerError.self) {
                try await subject.publisher.verify(queue: subject.queue + ".gone")
            }
            #expect(error?.code == .topology)
            try await subject.publish("2")
            try await subject.publisher.verify(queue: subject.queue)
        }
    }

    @Test(arguments: Kind.allCases) func aCancelledConsumerTaskEnds(kind: Kind) async throws {
        try await with(kind) { subject in
            let consumer = subject.consumer(1)
            let task = Task { for try await _ in consumer.deliveries {} }
            task.cancel()
            try await task.value
            await close(consumer)
        }
    }
}
