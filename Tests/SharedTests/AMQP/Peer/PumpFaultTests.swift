import Glibc
import TestSupport
import Testing

@testable import Shared

/// What ends a connection: told once, with a code that says who must act, and never a crash or a hang.
@Suite(.timeLimit(.minutes(1))) struct PumpFaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        /// How the only event begins.
        let told: String
        var testDescription: String { name }

        init(_ name: String, _ frames: [WireFrame], _ told: String) {
            self.init(name, bytes: frames.bytes, told)
        }

        init(_ name: String, bytes: [UInt8], _ told: String) {
            (self.name, self.bytes, self.told) = (name, bytes, told)
        }
    }

    static let closes: [Fault] = [
        Fault("no such exchange", [.closeChannel(404, "NOT_FOUND - no exchange 'x'")], "closed topology 404 NOT_FOUND"),
        Fault("no permission", [.closeChannel(403, "ACCESS_REFUSED - x")], "closed unauthorized 403 ACCESS_REFUSED"),
        Fault("exclusive", [.closeChannel(405, "RESOURCE_LOCKED - x")], "closed topology 405"),
        Fault("other arguments", [.closeChannel(406, "PRECONDITION_FAILED - inequivalent arg")], "closed topology 406"),
        Fault(
            "too large", [.closeChannel(406, "PRECONDITION_FAILED - message size 9 is larger than max 8")],
            "closed tooLarge 406"),
        Fault("content too large", [.closeChannel(311, "CONTENT_TOO_LARGE")], "closed tooLarge 311"),
        Fault("node is down", [.closeChannel(404, "NOT_FOUND - is down or inaccessible")], "closed unavailable 404"),
        Fault("no consumers", [.closeChannel(313, "NO_CONSUMERS")], "closed connectionLost 313"),
        Fault("shut down", [.closeConnection(320, "CONNECTION_FORCED - shutdown")], "closed connectionLost 320"),
        Fault("host deleted", [.closeConnection(530, "NOT_ALLOWED - vhost gone")], "closed unauthorized 530"),
        Fault("frame error", [.closeConnection(501, "FRAME_ERROR")], "closed protocolViolation 501"),
        Fault("internal error", [.closeConnection(541, "INTERNAL_ERROR")], "closed connectionLost 541"),
        Fault("no words", [.closeConnection(320, "")], "closed connectionLost 320"),
        Fault(
            "inside a content", [.deliver(1), .header(size: 5), .closeConnection(320, "CONNECTION_FORCED")],
            "closed connectionLost 320"),
    ]

    static let violations: [Fault] = [
        Fault("unknown method", [.method(60, 999)], "closed protocolViolation"),
        Fault("unknown class", [.method(99, 10)], "closed protocolViolation"),
        Fault("wrong frame end", bytes: WireFrame.ack(1).bytes.dropLast() + [0], "closed protocolViolation"),
        Fault(
            "frame larger than agreed", [.body([UInt8](repeating: 0, count: 131_065))], "closed protocolViolation"),
        Fault(
            "frame of 4 GB", bytes: [1, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0], "closed protocolViolation"),
        Fault("empty method", [WireFrame(type: 1, channel: 1, payload: [])], "closed protocolViolation"),
        Fault("short method", [WireFrame(type: 1, channel: 1, payload: [0, 60, 0])], "closed protocolViolation"),
        Fault(
            "method without arguments", [WireFrame(type: 1, channel: 1, payload: [0, 60, 0, 60])],
            "closed protocolViolation"),
        Fault("empty header", [.deliver(1), WireFrame(type: 2, channel: 1, payload: [])], "closed protocolViolation"),
        Fault(
            "cut header",
            [.deliver(1), WireFrame(type: 2, channel: 1, payload: Array(WireFrame.header(size: 1).payload[..<11]))],
            "closed protocolViolation"),
        Fault("header of another class", [.deliver(1), .header(size: 1, family: 85)], "closed protocolViolation"),
        Fault("table that lies about its length", [.deliver(1), lyingTable], "closed protocolViolation"),
        Fault(
            "delivery on another channel", [.on(2, .deliver(1))],
            "closed protocolViolation 0 the broker sent a frame on channel 2"),
        Fault("header on another channel", [.deliver(1), .header(size: 1, channel: 2)], "closed protocolViolation"),
        Fault(
            "body on channel 0", [.deliver(1), .header(size: 1), .body([1], channel: 0)], "closed protocolViolation"),
        Fault("delivery on channel 0", [.on(0, .deliver(1))], "closed protocolViolation"),
        Fault("blocked on channel 1", [.on(1, .blocked("x"))], "closed protocolViolation"),
        Fault(
            "header without method", [.header(size: 3)], "closed protocolViolation 0 the broker sent a content header"),
        Fault(
            "body without header", [.deliver(1), .body("x")],
            "closed protocolViolation 0 the broker sent a content body"),
        Fault("body without anything", [.body("x")], "closed protocolViolation"),
        Fault("body longer than announced", [.deliver(1), .header(size: 2), .body("abc")], "closed protocolViolation"),
        Fault(
            "body shorter than announced", WireFrame.delivery(1, "a").dropLast() + [.deliver(2)],
            "closed protocolViolation"),
        Fault(
            "confirm between method and header", [.deliver(1), .ack(1)],
            "closed protocolViolation 0 the broker sent a method"),
        Fault(
            "confirm inside a body", [.deliver(1), .header(size: 9), .body("x"), .ack(1)], "closed protocolViolation"),
        Fault(
            "close of the channel inside a body", [.deliver(1), .header(size: 9), .closeChannel(404, "x")],
            "closed protocolViolation"),
        Fault(
            "body of 10 exabytes", [.deliver(1), .header(size: 10_000_000_000_000_000_000)], "closed protocolViolation"),
        Fault(
            "answer to nothing", [.queueDeclared()], "closed protocolViolation 0 the broker answered what nobody asked"),
        Fault("second opening", [.channelOpened], "closed protocolViolation"),
        Fault("second handshake", [.start()], "closed protocolViolation"),
        Fault("HTTP", bytes: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), "closed protocolViolation"),
    ]

    /// A table of headers said to hold 4 GB.
    private static let lyingTable = WireFrame(
        type: 2, channel: 1,
        payload: WireBytes.make { writer in
            writer.short(60)
            writer.short(0)
            writer.longlong(1)
            writer.short(1 << 13)
            writer.long(.max)
            writer.raw([1, 65, 0x53])
        })

    @Test(arguments: closes + violations) func endsTheConnectionOnce(fault: Fault) async throws {
        try await FakePeer.opened { session in
            try session.send(bytes: fault.bytes)
            // Nothing of what comes after the end is told.
            try session.send(.ack(1), .unblocked)
            session.waitForClose()
        } client: { settings in
            try await PumpProbe.with(settings) { probe in
                let told = await probe.events(1)
                #expect(told.count == 1 && told[0].hasPrefix(fault.told), "\(told)")
                let error = await #expect(throws: BrokerError.self) { try await probe.call(.selectConfirms) }
                #expect(error.map { told[0].contains($0.message) } == true)
                #expect(await probe.rest() == [])
            }
        }
    }

    @Test(arguments: closes) func theQuestionUnderWayGetsTheAnswer(fault: Fault) async throws {
        try await FakePeer.opened { session in
            try session.receive(.declareQueue)
            try session.send(bytes: fault.bytes)
            session.waitForClose()
        } client: { settings in
            try await PumpProbe.with(settings) { probe in
                let error = await #expect(throws: BrokerError.self) {
                    try await probe.call(.declareQueue("work", isPassive: true, isExclusive: false, arguments: [:]))
                }
                #expect(error?.message.contains("queue work") == true)
                #expect(await probe.rest().count == 1)
            }
        }
    }

    @Test func theBrokersCloseIsAnswered() async throws {
        let answered = Signal()
        try await FakePeer.opened { session in
            try session.send(.closeConnection(320, "CONNECTION_FORCED"))
            try session.receive(.closeConnectionOK)
            answered.send()
        } client: { settings in
            try await PumpProbe.with(settings) { probe in #expect(await probe.events(1).count == 1) }
            #expect(await answered.wait())
        }
    }

    @Test(arguments: [0, 1, 7, 30]) func aPeerThatGoesAwayMidwayIsALostConnection(bytes: Int) async throws {
        try await FakePeer.opened { session in
            try session.send(bytes: Array(WireFrame.delivery(1, "hello").bytes[..<bytes]))
        } client: { settings in
            try await PumpProbe.with(settings) { probe in
                let told = await probe.events(1)
                #expect(told.first?.hasPrefix("closed connectionLost") == true)
                #expect(await probe.rest() == [])
            }
        }
    }

    /// Fault row 10: librabbitmq's own wait for a body has no limit.
    @Test(arguments: [1, 2, 3]) func aMessageThatNeverEndsIsALostConnection(frames: Int) async throws {
        try await FakePeer.opened { session in
            try session.send(Array(WireFrame.delivery(1, "a", "b").prefix(frames)))
            // Until the client has had enough.
            while true { try session.send(bytes: WireFrame.heartbeat.bytes, splitAt: 4) }
        } client: { settings in
            var settings = settings
            settings.progressTimeout = .milliseconds(300)
            try await PumpProbe.with(settings) { probe in
                let told = await probe.events(1)
                #expect(told.first?.hasPrefix("closed connectionLost 0 the broker began a message") == true, "\(told)")
            }
        }
    }

    @Test func aFrameThatNeverEndsIsALostConnection() async throws {
        try await FakePeer.opened { session in
            let bytes = WireFrame.body([UInt8](repeating: 0, count: 100_000)).bytes
            try session.send(.deliver(1), .header(size: 100_000))
            try session.sendByteByByte(bytes)
        } client: { settings in
            var settings = settings
            settings.progressTimeout = .milliseconds(300)
            try await PumpProbe.with(settings) { probe in
                let told = await probe.events(1)
                #expect(told.first?.hasPrefix("closed connectionLost 0 the broker began a message") == true, "\(told)")
            }
        }
    }

    @Test func aSlowMessageThatGrowsIsWaitedFor() async throws {
        let parts = 60
        try await FakePeer.opened { session in
            try session.send(.deliver(1), .header(size: UInt64(parts)))
            for _ in 0..<parts {
                // The pace is what is tested: the whole takes longer than the time for one part.
                usleep(25_000)
                try session.send(.body("a"))
            }
            session.waitForClose()
        } client: { settings in
            var settings = settings
            settings.progressTimeout = .milliseconds(1200)
            try await PumpProbe.with(settings) { probe in
                #expect(await probe.events(1) == ["delivery 1 60 " + String(repeating: "a", count: 40)])
            }
        }
    }
}

extension WireFrame {
    /// The same on another channel.
    fileprivate static func on(_ channel: UInt16, _ frame: WireFrame) -> WireFrame {
        WireFrame(type: frame.type, channel: channel, payload: frame.payload)
    }
}
