import Shared
import TestSupport
import Testing

/// What anybody with the right to publish could send to a worker.
@Suite(.timeLimit(.minutes(2))) struct HostileMessageTests {
    /// Fault row 23: every replica would die of it in turn, before any code of ours sees it.
    @Test func aHeaderBombEndsInTheDeadLetters() async throws {
        try await Fleet.with { fleet in
            try await fleet.run("ohra", "check")
            for (key, ofTables) in [("documents", true), ("documents", false), ("vectors", false)] {
                try RawPublisher.publish(
                    fleet.broker, exchange: fleet.topology.exchange, key: key,
                    header: .header(
                        size: 2, messageID: "bomb", table: WireBytes.bomb(depth: 20_000, ofTables: ofTables)),
                    body: Array("{}".utf8))
            }
            try await fleet.drain()
            #expect(try await fleet.depth(fleet.topology.deadQueue(.documents)) == 2)
            #expect(try await fleet.depth(fleet.topology.deadQueue(.vectors)) == 1)
            let listed = try await fleet.run("ohra", "dead", "list", "--json")
            #expect(listed.stdout.contains("\"queue\":\"vectors\""))
        }
    }
}
