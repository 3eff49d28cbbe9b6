import Shared
import TestSupport
import Testing

/// Peers that are there and say nothing: every wait must have an end.
@Suite struct SilentPeerTests {
    private func settings(_ port: UInt16) throws -> BrokerSettings {
        var settings = try RealBroker.settings(port: port)
        settings.connectTimeout = .seconds(1)
        settings.callTimeout = .seconds(1)
        settings.heartbeat = .seconds(2)
        settings.stallTimeout = .seconds(2)
        return settings
    }

    @Test(.timeLimit(.minutes(1))) func connectEndsWhenThePeerNeverAnswers() async throws {
        let proxy = try FaultProxy(target: nil)
        defer { proxy.end() }
        let publisher = Publisher(settings: try settings(proxy.port), name: "test", logger: RealBroker.logger)
        let began = ContinuousClock.now
        #expect(await #expect(throws: BrokerError.self) { try await publisher.connect() }?.code == .unavailable)
        #expect(began.duration(to: .now) < .seconds(4))
        await publisher.close()
    }

    @Test(.timeLimit(.minutes(1)), arguments: [60_000, 8_000_000])
    func publishSurvivesAPeerThatStopsReading(size: Int) async throws {
        try await Scene.with { scene in
            let proxy = try FaultProxy(target: UInt16(scene.settings.port))
            defer { proxy.end() }
            let publisher = scene.publisher(try settings(proxy.port))
            try await publisher.publish(scene.publishing(0))
            proxy.freeze()
            let waiting = (1...20).map { number in
                Task { try await publisher.publish(scene.publishing(number, size: size)) }
            }
            // The link is given up by itself; then the way is free again.
            let began = ContinuousClock.now
            while publisher.state == .connected, began.duration(to: .now) < .seconds(30) {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(publisher.state == .connecting)
            proxy.cut()
            proxy.freeze(false)
            for task in waiting { try await task.value }
            await publisher.close()
            #expect(try await scene.depth().messages >= 21)
        }
    }

    @Test(.timeLimit(.minutes(1))) func closeEndsWhenThePeerIsSilent() async throws {
        try await Scene.with { scene in
            let proxy = try FaultProxy(target: UInt16(scene.settings.port))
            defer { proxy.end() }
            let consumer = scene.consumer(try settings(proxy.port), prefetch: 1)
            try await consumer.connect()
            proxy.freeze()
            let began = ContinuousClock.now
            await consumer.close()
            #expect(began.duration(to: .now) < .seconds(10))
        }
    }
}
