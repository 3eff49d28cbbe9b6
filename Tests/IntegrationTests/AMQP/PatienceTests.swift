import Shared
import TestSupport
import Testing

/// What a publisher waits for, and how it says that it has waited long enough.
@Suite(.timeLimit(.minutes(1))) struct PatienceTests {
    /// Waits until the link has been given up; the state tells nobody when it changes.
    private func untilLost(_ publisher: Publisher) async throws {
        while publisher.state == .connected { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// The question is under way when its connection dies; its answer decides whether work counts as done.
    @Test func lookingForAQueueOutlivesItsConnection() async throws {
        try await Scene.with { scene in
            let proxy = try FaultProxy(target: UInt16(scene.settings.port))
            defer { proxy.end() }
            var settings = try RealBroker.settings(port: proxy.port)
            settings.callTimeout = .milliseconds(500)
            let publisher = scene.publisher(settings)
            try await publisher.publish(scene.publishing(1))
            proxy.freeze()
            async let answer: Void = publisher.verify(queue: scene.queue)
            try await untilLost(publisher)
            proxy.cut()
            proxy.freeze(false)
            try await answer
            await publisher.close()
        }
    }

    @Test func lookingForAQueueEndsWithThePatience() async throws {
        let publisher = Publisher(
            settings: try RealBroker.settings(port: 1), name: "test", patience: .milliseconds(300),
            logger: RealBroker.logger)
        let error = await #expect(throws: BrokerError.self) { try await publisher.verify(queue: "q") }
        #expect(error?.code == .unavailable)
        await publisher.close()
    }

    /// The extractor waits for ever for room, but not for a broker that is gone.
    @Test func whatAFullQueueRefusedIsUnavailableOnceTheBrokerIsGone() async throws {
        let arguments: [String: HeaderValue] = [
            "x-queue-type": .string("quorum"), "x-max-length": .int(1), "x-overflow": .string("reject-publish"),
        ]
        try await Scene.with(arguments: arguments) { scene in
            let filler = scene.publisher(patience: .milliseconds(300))
            while (try? await filler.publish(scene.publishing(0))) != nil {}
            await filler.close(limit: .zero)
            let proxy = try FaultProxy(target: UInt16(scene.settings.port))
            let log = LogRecorder()
            let publisher = Publisher(
                settings: try RealBroker.settings(port: proxy.port), name: "test", patience: .seconds(5),
                logger: log.logger)
            let refused = Task { try await publisher.publish(scene.publishing(1)) }
            await log.wait(for: "A queue is full")
            proxy.end()
            let error = await #expect(throws: BrokerError.self) { try await refused.value }
            #expect(error?.code == .unavailable, "\(error.debugDescription)")
            await publisher.close(limit: .zero)
        }
    }
}
