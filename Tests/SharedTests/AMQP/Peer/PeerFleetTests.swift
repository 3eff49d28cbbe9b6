import TestSupport
import Testing

@testable import Shared

/// Publisher and consumer against a peer that misbehaves by script.
@Suite(.timeLimit(.minutes(1))) struct PeerFleetTests {
    private let log = LogRecorder()

    private func publisher(_ settings: BrokerSettings, patience: Duration? = .seconds(30)) -> Publisher {
        Publisher(settings: settings, name: "test", patience: patience, logger: log.logger)
    }

    private func consumer(_ settings: BrokerSettings) -> Consumer {
        Consumer(settings: settings, queue: "work", prefetch: 10, name: "test", logger: log.logger)
    }

    private func publishing(_ text: String, key: String = "k") -> Publishing {
        Publishing(
            exchange: "e", routingKey: key, properties: MessageProperties(messageID: text), body: Array(text.utf8))
    }

    // MARK: Silence

    /// alanxz/rabbitmq-c#780, fault row 3: in librabbitmq 0.11 the publish after two silent heartbeats waits for ever.
    @Test func publishAfterTwoSilentHeartbeatsDoesNotHang() async throws {
        try await FakePeer.opened(tune: .tune(heartbeat: 1)) {
            $0.waitForClose()
        } client: { settings in
            var settings = settings
            settings.stallTimeout = .seconds(20)
            try await PumpProbe.with(settings) { [settings] probe in
                // As when the thread gets no processor: nobody visits the library, which so has not noticed anything.
                await probe.pausePump()
                try await Task.sleep(for: .milliseconds(2600))
                let began = ContinuousClock.now
                let error = await #expect(throws: BrokerError.self) { try await probe.publish(publishing("x")) }
                #expect(error?.code == .connectionLost)
                #expect(error?.message.contains("heartbeat") == true, "\(error?.message ?? "")")
                // By itself, not because the watchdog had enough.
                #expect(began.duration(to: .now) < settings.stallTimeout / 2)
            }
        }
    }

    @Test func anIdlePublisherOverASilentPeerPublishesOnTheNextConnection() async throws {
        try await FakePeer.opened(tune: .tune(heartbeat: 1)) { session in
            try session.answer(upTo: .selectConfirms)
            if session.number > 1 { try session.serve() }
            session.waitForClose()
        } client: { settings in
            let publisher = publisher(settings)
            try await publisher.connect()
            await log.wait(for: "Connection to the broker lost", "heartbeat")
            try await publisher.publish(publishing("x"))
            await publisher.close()
        }
    }

    // MARK: Blocked

    /// Fault row 11.
    @Test func blockedPausesPublishingUntilUnblocked() async throws {
        let (isBlocked, mayGoOn) = (Signal(), Signal())
        try await FakePeer.opened { session in
            try session.answer(upTo: .selectConfirms)
            // The first publishing is what makes a broker say it.
            try session.receive(.publish)
            try session.readContent()
            try session.send(.blocked("low on disk"), .ack(1))
            isBlocked.send()
            mayGoOn.wait(seconds: 30)
            try session.send(.unblocked)
            for tag: UInt64 in 2...11 {
                try session.receive(.publish)
                try session.readContent()
                try session.send(.ack(tag))
            }
            try session.serve()
        } client: { settings in
            let publisher = publisher(settings)
            try await publisher.publish(publishing("first"))
            #expect(await isBlocked.wait())
            #expect(publisher.state == .blocked)
            let waiting = (1...10).map { number in
                Task { try await publisher.publish(publishing("\(number)")) }
            }
            mayGoOn.send()
            for task in waiting { try await task.value }
            #expect(publisher.state == .connected)
            await publisher.close()
        }
    }

    @Test func consumingGoesOnWhileBlocked() async throws {
        try await FakePeer.opened { session in
            try session.answer(upTo: .consume)
            try session.send([.blocked("memory")] + WireFrame.delivery(1, "a") + WireFrame.delivery(2, "b"))
            try session.receive(.acknowledge)
            try session.send(WireFrame.delivery(3, "c"))
            try session.serve()
        } client: { settings in
            let consumer = consumer(settings)
            var bodies: [String] = []
            for try await delivery in consumer.deliveries {
                bodies.append(String(decoding: delivery.body, as: UTF8.self))
                await consumer.settle(delivery, .acknowledge)
                if bodies.count == 3 { break }
            }
            #expect(bodies == ["a", "b", "c"])
            await consumer.close()
        }
    }

    // MARK: Confirms

    @Test func confirmsOfManyAtOnceReachEveryCaller() async throws {
        try await FakePeer.opened { session in
            try session.answer(upTo: .selectConfirms)
            // The first one alone proves the connection.
            try session.receive(.publish)
            try session.readContent()
            try session.send(.ack(1))
            for _ in 2...20 {
                try session.receive(.publish)
                try session.readContent()
            }
            // Out of order, several as one, one of them returned and one refused and then taken.
            try session.send(.ack(20))
            try session.send([
                .returned(exchange: "e", key: "nowhere"), .header(size: 7, messageID: "nowhere"), .body("nowhere"),
            ])
            try session.send(.nack(19), .ack(18, multiple: true))
            try session.receive(.publish)
            try session.readContent()
            try session.send(.ack(21))
            try session.serve()
        } client: { settings in
            let publisher = publisher(settings)
            try await publisher.publish(publishing("1"))
            let tasks = (2...20).map { number in
                Task {
                    try await publisher.publish(
                        number == 7 ? publishing("nowhere", key: "nowhere") : publishing("\(number)"))
                }
            }
            var codes: [BrokerError.Code] = []
            for task in tasks {
                do { try await task.value } catch let error as BrokerError { codes.append(error.code) }
            }
            #expect(codes == [.unroutable])
            await publisher.close()
        }
    }

    @Test(arguments: [404, 403, 311]) func aRefusedPublishingFailsAloneAndTheOthersGoOn(code: UInt16) async throws {
        try await FakePeer.opened { session in
            try session.answer(upTo: .selectConfirms)
            guard session.number == 1 else { return try session.serve() }
            try session.receive(.publish)
            try session.readContent()
            try session.send(.closeChannel(code, "REFUSED - exchange 'e' in vhost '/'"))
            session.waitForClose()
        } client: { settings in
            let publisher = publisher(settings)
            let error = await #expect(throws: BrokerError.self) { try await publisher.publish(publishing("x")) }
            #expect(error?.replyCode == Int(code))
            try await publisher.publish(publishing("y"))
            await publisher.close()
        }
    }

    // MARK: Coming back

    @Test func anythingOutOfPlaceIsReportedOnceAndConsumedAgain() async throws {
        let mayGoOn = Signal()
        try await FakePeer.opened { session in
            try session.answer(upTo: .consume)
            mayGoOn.wait(seconds: 30)
            switch session.number {
            case 1: try session.send(.deliver(1), .ack(1))
            case 2: try session.send(.deliver(5), .header(size: 0))
            case 3: try session.send(.cancel)
            default: try session.send(WireFrame.delivery(1, "at last"))
            }
            try session.serve()
        } client: { settings in
            let consumer = consumer(settings)
            let delivery = Task { () -> Delivery? in
                var iterator = consumer.deliveries.makeAsyncIterator()
                return try await iterator.next()
            }
            for _ in 1...4 {
                await log.wait(for: "Consuming")
                mayGoOn.send()
            }
            let last = try #require(try await delivery.value)
            #expect(String(decoding: last.body, as: UTF8.self) == "at last" && last.connection == 4)
            await consumer.close()
            let lost = log.lines.filter { $0.contains("Subscription lost") }
            #expect(lost.count == 3, "\(lost)")
            for (line, words) in zip(
                lost, ["out of place", "skipped a delivery tag", "ended the subscription to queue work"])
            {
                #expect(line.contains(words))
            }
        }
    }

    /// Told in the same breath as the last answer of the set-up: neither the set-up nor the publisher may miss it.
    @Test func anEndThatComesWithTheLastAnswerOfTheSetUpIsNotMissed() async throws {
        try await FakePeer.opened { session in
            guard session.number == 1 else {
                try session.answer(upTo: .selectConfirms)
                return try session.serve()
            }
            try session.receive(.selectConfirms)
            try session.send(.confirmsSelected, .closeConnection(320, "CONNECTION_FORCED"))
            session.waitForClose()
        } client: { settings in
            let publisher = publisher(settings, patience: .seconds(10))
            try await publisher.publish(publishing("x"))
            await publisher.close()
        }
    }

    @Test func anAlarmThatComesWithTheLastAnswerOfTheSetUpIsNotMissed() async throws {
        try await FakePeer.opened { session in
            try session.receive(.selectConfirms)
            try session.send(.confirmsSelected, .blocked("memory"))
            try session.serve()
        } client: { settings in
            let publisher = publisher(settings)
            try await publisher.connect()
            #expect(publisher.state == .blocked)
            await publisher.close()
        }
    }

    @Test func closingEndsASetUpThatIsNotAnswered() async throws {
        let (isAsked, isGone) = (Signal(), Signal())
        try await FakePeer.opened { session in
            try session.receive(.selectConfirms)
            isAsked.send()
            session.waitForClose()
            isGone.send()
        } client: { settings in
            let publisher = publisher(settings)
            let connecting = Task { try await publisher.connect() }
            #expect(await isAsked.wait())
            await publisher.close()
            let result = await connecting.result
            #expect(throws: BrokerError.self) { try result.get() }
            #expect(await isGone.wait())
        }
    }

    @Test func nothingLoggedHoldsTheSecret() async throws {
        try await FakePeer.with { session in
            _ = try session.read(8)
            try session.send(.start())
            try session.receive(.startOK)
            try session.send(.closeConnection(403, "ACCESS_REFUSED - Login was refused"))
        } client: { settings in
            let publisher = publisher(settings)
            let error = await #expect(throws: BrokerError.self) { try await publisher.publish(publishing("x")) }
            #expect(error?.code == .unauthorized)
            await publisher.close()
            #expect(!"\(log.lines) \(settings) \(error.debugDescription)".contains("canary"))
        }
    }
}
