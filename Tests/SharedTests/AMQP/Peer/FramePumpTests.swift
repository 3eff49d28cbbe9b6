import TestSupport
import Testing

@testable import Shared

/// Every frame, however it is cut into pieces.
@Suite(.timeLimit(.minutes(1))) struct FramePumpTests {
    /// One of everything that a broker sends of its own accord.
    private static let everything: [WireFrame] =
        WireFrame.delivery(1, "hello", messageID: "m1") + [.heartbeat]
        + WireFrame.delivery(2, "two ", "parts") + [.ack(1), .nack(3, multiple: true), .returned()]
        + [.header(size: 3, messageID: "r"), .body("xyz"), .blocked("low on disk"), .unblocked, .cancel]
        + [.deliver(3), .header(size: 0)]

    private static let told = [
        "delivery 1 5 hello id=m1", "delivery 2 9 two parts", "confirmed 1", "rejected 3 and before", "returned key 3",
        "blocked low on disk", "unblocked", "cancelled", "delivery 3 0 ",
    ]

    private func events(
        of count: Int, _ script: @escaping FakePeer.Script
    ) async throws -> [String] {
        try await FakePeer.opened { session in
            try script(session)
            session.waitForClose()
        } client: { settings in
            try await PumpProbe.with(settings) { await $0.events(count) }
        }
    }

    @Test func inOneSegment() async throws {
        #expect(try await events(of: 9) { try $0.send(Self.everything) } == Self.told)
    }

    @Test func byteByByte() async throws {
        #expect(try await events(of: 9) { try $0.sendByteByByte(Self.everything.bytes) } == Self.told)
    }

    @Test func splitAtEveryPosition() async throws {
        let bytes = Self.everything.bytes
        let seen = try await events(of: 9 * (bytes.count - 1)) { session in
            for position in 1..<bytes.count { try session.send(bytes: bytes, splitAt: position) }
        }
        for (index, event) in seen.enumerated() where event != Self.told[index % 9] {
            Issue.record("split at \(index / 9 + 1): \(event)")
            break
        }
        #expect(seen.count == 9 * (bytes.count - 1))
    }

    @Test func theHandshakeByteByByte() async throws {
        try await FakePeer.with { session in
            _ = try session.read(8)
            try session.sendByteByByte(WireFrame.start().bytes)
            try session.receive(.startOK)
            try session.sendByteByByte(WireFrame.tune().bytes)
            try session.receive(.openConnection)
            try session.sendByteByByte(WireFrame.connectionOpened.bytes)
            try session.receive(.openChannel)
            try session.sendByteByByte(WireFrame.channelOpened.bytes)
            try session.sendByteByByte(WireFrame.ack(7).bytes)
            session.waitForClose()
        } client: { settings in
            let seen = try await PumpProbe.with(settings) { await $0.events(1) }
            #expect(seen == ["confirmed 7"])
        }
    }

    @Test func aBodyInManyFramesBetweenHeartbeats() async throws {
        let parts = 500
        let seen = try await events(of: 1) { session in
            try session.send(.deliver(1), .header(size: UInt64(parts * 1000)))
            for _ in 0..<parts {
                try session.send(.heartbeat, .body([UInt8](repeating: 65, count: 1000)), .heartbeat)
            }
        }
        #expect(seen == ["delivery 1 500000 " + String(repeating: "A", count: 40)])
    }

    @Test func aBodyFrameAsLargeAsAgreed() async throws {
        let size = 131_072 - 8
        let seen = try await events(of: 1) { session in
            try session.send(.deliver(1), .header(size: UInt64(2 * size)))
            for _ in 0..<2 { try session.send(.body([UInt8](repeating: 65, count: size))) }
        }
        #expect(seen == ["delivery 1 \(2 * size) " + String(repeating: "A", count: 40)])
    }

    /// Channel 0 may speak between the frames of a content: AMQP only forbids methods of the content's own channel there.
    @Test(arguments: 1...3) func theConnectionSpeaksInsideAContent(position: Int) async throws {
        var frames = WireFrame.delivery(1, "a", "b")
        frames.insert(contentsOf: [.blocked("memory"), .heartbeat, .unblocked], at: position)
        let seen = try await events(of: 3) { [frames] in try $0.send(frames) }
        #expect(seen == ["blocked memory", "unblocked", "delivery 1 2 ab"])
    }

    @Test func anAnswerBetweenDeliveries() async throws {
        try await FakePeer.opened { session in
            try session.receive(.declareQueue)
            try session.send(
                WireFrame.delivery(1, "a") + [.ack(1), .blocked("x"), .queueDeclared(messages: 5, consumers: 2)]
                    + WireFrame.delivery(2, "b"))
            session.waitForClose()
        } client: { settings in
            try await PumpProbe.with(settings) { probe in
                let reply = try await probe.call(
                    .declareQueue("q", isPassive: true, isExclusive: false, arguments: [:]))
                #expect(reply.depth == QueueDepth(messages: 5, consumers: 2))
                #expect(await probe.events(4) == ["delivery 1 1 a", "confirmed 1", "blocked x", "delivery 2 1 b"])
            }
        }
    }
}
