import Shared
import TestSupport
import Testing

/// Fault row 9: a link so slow that one message takes longer than the heartbeats allow silence.
@Suite(.timeLimit(.minutes(1))) struct SlowLinkTests {
    @Test func tenKilobytesASecondIsNoLostConnection() async throws {
        try await Scene.with { scene in
            let direct = scene.publisher()
            try await direct.publish(scene.publishing(1, size: 60_000))
            let proxy = try FaultProxy(
                target: UInt16(scene.settings.port), pace: FaultProxy.Pace(bytesPerSecond: 10_000))
            defer { proxy.end() }
            var settings = try RealBroker.settings(port: proxy.port)
            settings.heartbeat = .seconds(2)
            let (publisher, consumer) = (scene.publisher(settings), scene.consumer(settings, prefetch: 1))
            let began = ContinuousClock.now
            // Both directions at once.
            async let published: Void = publisher.publish(scene.publishing(2, size: 60_000))
            var iterator = consumer.deliveries.makeAsyncIterator()
            let delivery = try #require(try await iterator.next())
            try await published
            #expect(delivery.number == 1 && delivery.body.count == 60_000 && delivery.connection == 1)
            // Two silent heartbeats would have been four seconds.
            #expect(began.duration(to: .now) > .seconds(5))
            await consumer.settle(delivery, .acknowledge)
            #expect(proxy.accepted == 2)
            await consumer.close()
            await publisher.close()
            await direct.close()
            #expect(try await scene.depth().messages == 1)
        }
    }
}
