import Shared
import TestSupport
import Testing

@Suite struct PublisherIntegrationTests {
    @Test func manyConcurrentPublishingsArriveExactlyOnce() async throws {
        try await Scene.with { scene in
            let (publisher, consumer) = (scene.publisher(), scene.consumer(prefetch: 100))
            let count = 2000
            async let published: Void = withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<count {
                    group.addTask { try await publisher.publish(scene.publishing(number, size: 60_000)) }
                }
                try await group.waitForAll()
            }
            var seen = [Int](repeating: 0, count: count)
            var total = 0
            for try await delivery in consumer.deliveries {
                #expect(
                    delivery.body.count == 60_000 && delivery.body.last == UInt8(truncatingIfNeeded: delivery.number))
                seen[delivery.number] += 1
                total += 1
                await consumer.settle(delivery, .acknowledge)
                if total == count { await consumer.stop() }
            }
            try await published
            await consumer.close()
            await publisher.close()
            #expect(seen.allSatisfy { $0 == 1 })
            #expect(try await scene.depth() == QueueDepth(messages: 0, consumers: 0))
        }
    }

    @Test func propertiesAndHeadersSurviveTheRoundTrip() async throws {
        try await Scene.with { scene in
            let (publisher, consumer) = (scene.publisher(), scene.consumer(prefetch: 1))
            var publishing = scene.publishing(1)
            publishing.properties.contentType = "application/json"
            publishing.properties.contentEncoding = "gzip"
            publishing.properties.timestamp = 1_700_000_000
            publishing.properties.appID = "테스트"
            publishing.properties.headers = [
                "x-schema": .int(1), "x-run": .string("r"), "flag": .bool(true),
                "list": .array([.int(-1), .string("")]),
                "table": .table(["a": .table(["b": .int(.min)])]),
            ]
            for size in [0, 1, 131_064, 131_065, 3_000_000] {
                publishing.body = [UInt8](repeating: 7, count: size)
                try await publisher.publish(publishing)
            }
            var sizes: [Int] = []
            for try await delivery in consumer.deliveries {
                // A quorum queue adds a header of its own to what it delivers again.
                #expect(delivery.properties == publishing.properties)
                sizes.append(delivery.body.count)
                await consumer.settle(delivery, .acknowledge)
                if sizes.count == 5 { await consumer.stop() }
            }
            #expect(sizes == [0, 1, 131_064, 131_065, 3_000_000])
            await consumer.close()
            await publisher.close()
        }
    }

    @Test func deepHeadersAreCutAndDoNoHarm() async throws {
        try await Scene.with { scene in
            let (publisher, consumer) = (scene.publisher(), scene.consumer(prefetch: 1))
            var publishing = scene.publishing(1)
            publishing.properties.headers["deep"] = (0..<30).reduce(HeaderValue.int(1)) { value, _ in
                .table(["d": value])
            }
            try await publisher.publish(publishing)
            var iterator = consumer.deliveries.makeAsyncIterator()
            let delivery = try #require(try await iterator.next())
            var depth = 0
            var value = delivery.properties.headers["deep"]
            while case .table(let table) = value {
                depth += 1
                value = table["d"]
            }
            #expect(depth == 7 && value == .other("F"))
            await consumer.settle(delivery, .acknowledge)
            await consumer.close()
            await publisher.close()
        }
    }

    @Test func wrongPasswordIsUnauthorized() async throws {
        var settings = try RealBroker.settings()
        settings.password = Secret("canary-wrong")
        let publisher = Publisher(settings: settings, name: "test", logger: RealBroker.logger)
        let error = await #expect(throws: BrokerError.self) { try await publisher.connect() }
        #expect(error?.code == .unauthorized && error?.replyCode == 403)
        #expect(error?.message.contains("canary") == false)
        let publishing = Publishing(exchange: "", routingKey: "q", properties: MessageProperties(), body: [])
        #expect(
            await #expect(throws: BrokerError.self) { try await publisher.publish(publishing) }?.code == .unauthorized)
        await publisher.close()
        let consumer = Consumer(settings: settings, queue: "q", prefetch: 1, name: "test", logger: RealBroker.logger)
        #expect(
            await #expect(throws: BrokerError.self) { for try await _ in consumer.deliveries {} }?.code == .unauthorized
        )
        await consumer.close()
    }

    @Test func unknownVirtualHostIsUnauthorized() async throws {
        var settings = try RealBroker.settings()
        settings.virtualHost = "no-such-host"
        let publisher = Publisher(settings: settings, name: "test", logger: RealBroker.logger)
        #expect(await #expect(throws: BrokerError.self) { try await publisher.connect() }?.code == .unauthorized)
        await publisher.close()
    }

    @Test func unreachablePortIsUnavailableAtOnce() async throws {
        // Port 1 of loopback: nobody listens there.
        let publisher = Publisher(
            settings: try RealBroker.settings(port: 1), name: "test", patience: .milliseconds(300),
            logger: RealBroker.logger)
        let began = ContinuousClock.now
        #expect(await #expect(throws: BrokerError.self) { try await publisher.connect() }?.code == .unavailable)
        let publishing = Publishing(exchange: "", routingKey: "q", properties: MessageProperties(), body: [])
        #expect(
            await #expect(throws: BrokerError.self) { try await publisher.publish(publishing) }?.code == .unavailable)
        #expect(began.duration(to: .now) < .seconds(3))
        await publisher.close()
    }

    @Test func aFullQueueRefusesAndIsTriedAgain() async throws {
        let arguments: [String: HeaderValue] = [
            "x-queue-type": .string("quorum"), "x-max-length": .int(1), "x-overflow": .string("reject-publish"),
        ]
        try await Scene.with(arguments: arguments) { scene in
            let hasty = scene.publisher(patience: .milliseconds(700))
            var refusals = 0
            for number in 0..<6 {
                do throws(BrokerError) {
                    try await hasty.publish(scene.publishing(number))
                } catch {
                    #expect(error.code == .refused)
                    refusals += 1
                }
            }
            #expect(refusals > 0)
            await hasty.close(limit: .seconds(1))
            let patient = scene.publisher()
            async let late: Void = patient.publish(scene.publishing(99))
            let consumer = scene.consumer(prefetch: 1)
            for try await delivery in consumer.deliveries {
                await consumer.settle(delivery, .acknowledge)
                if delivery.number == 99 { await consumer.stop() }
            }
            try await late
            await consumer.close()
            await patient.close()
        }
    }

    @Test func aCancelledCallerStopsWaiting() async throws {
        let publisher = Publisher(settings: try RealBroker.settings(port: 1), name: "test", logger: RealBroker.logger)
        let publishing = Publishing(exchange: "", routingKey: "q", properties: MessageProperties(), body: [])
        let tasks = (0..<50).map { _ in Task { try await publisher.publish(publishing) } }
        for task in tasks { task.cancel() }
        for task in tasks {
            let result = await task.result
            #expect(throws: BrokerError.self) { try result.get() }
        }
        await publisher.close(limit: .seconds(1))
    }

    @Test func idleConnectionsSurviveHeartbeats() async throws {
        try await Scene.with { scene in
            var settings = scene.settings
            settings.heartbeat = .seconds(2)
            let proxy = try FaultProxy(target: UInt16(settings.port))
            defer { proxy.end() }
            settings.url = try ServiceURL("amqp://127.0.0.1:\(proxy.port)", schemes: ["amqp"])
            let (publisher, consumer) = (scene.publisher(settings), scene.consumer(settings, prefetch: 1))
            try await publisher.connect()
            try await consumer.connect()
            // Three heartbeats: nothing to wait for but time itself.
            try await Task.sleep(for: .seconds(7))
            #expect(publisher.state == .connected && consumer.state == .connected)
            #expect(proxy.accepted == 2)
            try await publisher.publish(scene.publishing(5))
            var iterator = consumer.deliveries.makeAsyncIterator()
            let delivery = try #require(try await iterator.next())
            #expect(delivery.number == 5)
            await consumer.settle(delivery, .acknowledge)
            await consumer.close()
            await publisher.close()
        }
    }
}
