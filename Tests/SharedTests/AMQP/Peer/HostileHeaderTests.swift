import TestSupport
import Testing

@testable import Shared

/// Fault row 23: librabbitmq before 0.14 decodes nested headers recursively, as deep as one frame allows.
@Suite(.timeLimit(.minutes(1))) struct HostileHeaderTests {
    /// Up to what fits one frame of 131,072 bytes.
    @Test(arguments: [(26_200, false), (21_830, true), (20, false), (20, true)])
    func deepTablesAreReceived(depth: Int, ofTables: Bool) async throws {
        let table = WireBytes.bomb(depth: depth, ofTables: ofTables)
        let header = WireFrame.header(size: 4, messageID: "bomb", table: table)
        #expect(header.bytes.count <= 131_072 && (depth < 100 || header.bytes.count > 130_900), "\(header.bytes.count)")
        try await FakePeer.opened { session in
            try session.answer(upTo: .consume)
            try session.send([.deliver(1), header, .body("boom")] + WireFrame.delivery(2, "next"))
            try session.serve()
        } client: { settings in
            let consumer = Consumer(
                settings: settings, queue: "work", prefetch: 2, name: "test", logger: LogRecorder().logger)
            var iterator = consumer.deliveries.makeAsyncIterator()
            let delivery = try #require(try await iterator.next())
            #expect(delivery.properties.messageID == "bomb" && delivery.body.count == 4)
            // Cut off at a depth that the rest of the program can bear.
            #expect(Self.depth(of: try #require(delivery.properties.headers["x-bomb"])) <= 8)
            let next = try await iterator.next()
            #expect(next?.body == Array("next".utf8))
            await consumer.close()
        }
    }

    @Test func manyKeysAreReceived() async throws {
        let table = WireBytes.make { writer in
            for number in 0..<12_000 {
                writer.shortString("k\(number)")
                writer.octet(UInt8(ascii: "t"))
                writer.octet(1)
            }
        }
        try await FakePeer.opened { session in
            try session.answer(upTo: .consume)
            try session.send([.deliver(1), .header(size: 1, table: table), .body("x")])
            try session.serve()
        } client: { settings in
            let consumer = Consumer(
                settings: settings, queue: "work", prefetch: 2, name: "test", logger: LogRecorder().logger)
            var iterator = consumer.deliveries.makeAsyncIterator()
            let delivery = try await iterator.next()
            #expect(delivery?.properties.headers.count == 12_000)
            await consumer.close()
        }
    }

    /// Seeded changes of a valid stream: each ends with what was sent or with one clear end, never with a crash or a hang.
    @Test func damagedStreamsEndClearly() async throws {
        let whole =
            (WireFrame.delivery(1, "hello", "world", messageID: "m") + [
                .ack(1), .returned(), .header(size: 1, table: WireBytes.bomb(depth: 5, ofTables: true)), .body("x"),
                .blocked("disk"), .unblocked, .cancel, .closeChannel(404, "NOT_FOUND"),
            ]).bytes
        try await FakePeer.opened { session in
            var bytes = whole
            var generator = SeededGenerator(state: UInt64(session.number))
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 2: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: index)
                }
            }
            try session.send(bytes: bytes)
        } client: { settings in
            for _ in 0..<400 {
                try await PumpProbe.with(settings) { probe in
                    let events = await probe.events(100)
                    #expect(events.last?.hasPrefix("closed") == true)
                    #expect(await probe.rest() == [])
                }
            }
        }
    }

    private static func depth(of value: HeaderValue) -> Int {
        switch value {
        case .array(let values): 1 + (values.map(depth).max() ?? 0)
        case .table(let table): 1 + (table.values.map(depth).max() ?? 0)
        default: 1
        }
    }
}
