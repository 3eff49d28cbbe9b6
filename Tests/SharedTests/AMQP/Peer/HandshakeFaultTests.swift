import TestSupport
import Testing

@testable import Shared

/// A login that goes wrong: a message that says what, a code that says who must act, and always an end.
@Suite(.timeLimit(.minutes(1))) struct HandshakeFaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: BrokerError.Code
        let words: String
        let script: FakePeer.Script

        init(_ name: String, _ code: BrokerError.Code, _ words: String, _ script: @escaping FakePeer.Script) {
            (testDescription, self.code, self.words, self.script) = (name, code, words, script)
        }
    }

    static let faults: [Fault] = [
        Fault("another version", .protocolViolation, "does not speak AMQP 0-9-1") { session in
            _ = try session.read(8)
            try session.send(bytes: Array("AMQP".utf8) + [0, 1, 0, 0])
        },
        Fault("version 0-8 in the start", .protocolViolation, "does not speak AMQP 0-9-1") { session in
            _ = try session.read(8)
            try session.send(.start(major: 8, minor: 0))
            session.waitForClose()
        },
        Fault("HTTP", .protocolViolation, "does not speak AMQP 0-9-1") { session in
            try session.send(bytes: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
            session.waitForClose()
        },
        Fault("TLS alert", .unavailable, "TLS") { session in
            _ = try session.read(8)
            try session.send(bytes: [0x15, 3, 3, 0, 2, 2, 70])
        },
        Fault("SMTP", .protocolViolation, "does not speak AMQP 0-9-1") {
            try $0.send(bytes: Array("220 mail\r\n".utf8))
        },
        Fault("closes at once", .unavailable, "did not complete the login") { _ in },
        Fault("closes after the start", .unavailable, "credentials?") { session in
            _ = try session.read(8)
            try session.send(.start())
            try session.receive(.startOK)
        },
        Fault("says nothing", .unavailable, "did not complete the login") { $0.waitForClose() },
        Fault("says nothing after the start", .unavailable, "did not complete the login") { session in
            _ = try session.read(8)
            try session.send(.start())
            session.waitForClose()
        },
        Fault("only heartbeats", .unavailable, "did not complete the login") { session in
            _ = try session.read(8)
            try session.send(.start())
            while true { try session.send(bytes: WireFrame.heartbeat.bytes, splitAt: 4) }
        },
        Fault("trickles", .unavailable, "did not complete the login") { session in
            _ = try session.read(8)
            try session.sendByteByByte(WireFrame.start(properties: WireBytes.bomb(depth: 9000, ofTables: false)).bytes)
        },
        Fault("no login by password", .unauthorized, "SASL PLAIN") { session in
            _ = try session.read(8)
            try session.send(.start(mechanisms: "EXTERNAL PLAINER"))
            session.waitForClose()
        },
        Fault("no login at all", .unauthorized, "SASL PLAIN") { session in
            _ = try session.read(8)
            try session.send(.start(mechanisms: ""))
            session.waitForClose()
        },
        Fault("a challenge", .protocolViolation, "does not speak AMQP 0-9-1") { session in
            _ = try session.read(8)
            try session.send(.start())
            try session.receive(.startOK)
            try session.send(.method(10, 20, channel: 0) { $0.longString("who are you") })
            session.waitForClose()
        },
        Fault("login refused", .unauthorized, "ACCESS_REFUSED - Login was refused") { session in
            _ = try session.read(8)
            try session.send(.start())
            try session.receive(.startOK)
            try session.send(.closeConnection(403, "ACCESS_REFUSED - Login was refused using PLAIN"))
            session.waitForClose()
        },
        Fault("unknown virtual host", .unauthorized, "vhost x not found") { session in
            _ = try session.read(8)
            try session.send(.start())
            try session.receive(.startOK)
            try session.send(.tune())
            try session.receive(.openConnection)
            try session.send(.closeConnection(530, "NOT_ALLOWED - vhost x not found"))
            session.waitForClose()
        },
        Fault("too many connections", .unauthorized, "connection limit") { session in
            _ = try session.read(8)
            try session.send(.start())
            try session.receive(.startOK)
            try session.send(.tune())
            try session.receive(.openConnection)
            try session.send(.closeConnection(530, "NOT_ALLOWED - access refused: connection limit (1) is reached"))
            session.waitForClose()
        },
        Fault("shutting down", .connectionLost, "CONNECTION_FORCED") { session in
            _ = try session.read(8)
            try session.send(.start())
            try session.receive(.startOK)
            try session.send(.closeConnection(320, "CONNECTION_FORCED"))
            session.waitForClose()
        },
    ]

    @Test(arguments: faults) func isToldWithoutTheSecret(fault: Fault) async throws {
        try await FakePeer.with(fault.script) { settings in
            var settings = settings
            settings.connectTimeout = .milliseconds(500)
            let connection = BrokerConnection(settings: settings, name: "test")
            let began = ContinuousClock.now
            let error = await #expect(throws: BrokerError.self) { try await connection.connect() }
            #expect(error?.code == fault.code)
            #expect(error?.message.contains(fault.words) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("canary") == false)
            // Generous: the point is that it ends by the limit, not by chance.
            #expect(began.duration(to: .now) < .seconds(20))
            await connection.close()
        }
    }

    /// 0 means no limit; 4096 is AMQP's least, which RabbitMQ before 4.1 accepts. Less is not possible, and the client says so.
    @Test(arguments: [(UInt32(0), UInt16(60)), (100, 60), (4096, 60), (131_072, 0), (8192, 1), (.max, .max)])
    func whatTheBrokerProposesIsAgreedOn(frameMax: UInt32, heartbeat: UInt16) async throws {
        try await FakePeer.opened(tune: .tune(frameMax: frameMax, heartbeat: heartbeat)) { session in
            try session.answer(upTo: .selectConfirms)
            try session.serve()
        } client: { settings in
            let publisher = Publisher(
                settings: settings, name: "test", patience: .seconds(30), logger: LogRecorder().logger)
            var properties = MessageProperties(messageID: "1")
            properties.headers["x-run"] = .string(String(repeating: "r", count: 1000))
            try await publisher.publish(
                Publishing(
                    exchange: "e", routingKey: "k", properties: properties,
                    body: [UInt8](repeating: 7, count: 300_000)))
            await publisher.close()
        }
    }

    @Test(arguments: [true, false]) func aBombAmongTheServersPropertiesIsSurvived(ofTables: Bool) async throws {
        try await FakePeer.with { session in
            _ = try session.read(8)
            try session.send(.start(properties: WireBytes.bomb(depth: ofTables ? 10_800 : 13_000, ofTables: ofTables)))
            try session.receive(.startOK)
            try session.send(.closeConnection(403, "survived"))
            session.waitForClose()
        } client: { settings in
            let connection = BrokerConnection(settings: settings, name: "test")
            let error = await #expect(throws: BrokerError.self) { try await connection.connect() }
            // The library copies these properties, and refuses the empty keys of the nested tables while it does.
            let end = ofTables ? "invalid parameter" : "survived"
            #expect(error?.message.contains(end) == true, "\(error?.message ?? "")")
        }
    }
}
