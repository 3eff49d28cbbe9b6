import Logging
import Shared
import Testing

/// The journal's retention as a setting, on a real broker.
@Suite(.serialized, .timeLimit(.minutes(3))) struct JournalRetentionTests {
    private let small = ["OHRA_AMQP_JOURNAL_MAX_AGE": "12h", "OHRA_AMQP_JOURNAL_MAX_BYTES": "16MiB"]

    @Test func applyChangesWhatAnExistingJournalKeeps() async throws {
        try await FreshVirtualHost.with { host in
            #expect(try await host.run("ohra", "topology", "apply").status == 0)
            let before = try await host.run("ohra", "topology", "verify", with: small)
            #expect(before.status == 78, "\(before.complaint)")
            #expect(before.stdout.contains("max-age 7D, expected 12h"), "\(before.stdout)")
            #expect(before.stdout.contains("max-length-bytes 2147483648, expected 16777216"))
            #expect(try await host.run("ohra", "topology", "apply", with: small).status == 0)
            #expect(try await host.run("ohra", "topology", "verify", with: small).status == 0)
            #expect(try await host.run("ohra", "topology", "verify").status == 78)
        }
    }

    @Test func faultySettingIsNamed() async throws {
        try await FreshVirtualHost.with { host in
            let output = try await host.run(
                "ohra", "topology", "print", with: ["OHRA_AMQP_JOURNAL_MAX_AGE": "7 days"])
            #expect(output.status == 78 && output.stderr.contains("OHRA_AMQP_JOURNAL_MAX_AGE"), "\(output.complaint)")
        }
    }

    /// 32 MiB into a journal of 16. The broker drops whole segments, and a segment ends after the chunk that fills it, so what
    /// stays may be some chunks below the limit, but nothing like half of it.
    @Test func whatIsOverTheLimitReallyGoes() async throws {
        try await FreshVirtualHost.with { host in
            #expect(try await host.run("ohra", "topology", "apply", with: small).status == 0)
            let (topology, logger) = (host.topology, Logger(label: "e2e"))
            let publisher = Publisher(settings: host.settings, name: "test", patience: .seconds(30), logger: logger)
            let body = [UInt8](repeating: 7, count: 256 << 10)
            try await publisher.publish(
                all: (0..<128).lazy.map { number in
                    Publishing(
                        exchange: topology.exchange, routingKey: topology.workKey(.vectors),
                        properties: MessageProperties(messageID: "\(number)", type: "test"), body: body)
                }, atOnce: 4)
            await publisher.close()
            // The broker tells nobody when it has dropped segments.
            var first: Int64 = 0
            for _ in 0..<300 where first == 0 {
                first = try await firstOffset(host)
                if first == 0 { try await Task.sleep(for: .milliseconds(100)) }
            }
            #expect(first > 0)
            #expect(first <= 128 - 32, "less than half the limit is left: \(128 - first) messages")
        }
    }

    private func firstOffset(_ host: FreshVirtualHost) async throws -> Int64 {
        let consumer = Consumer(
            settings: host.settings, queue: host.topology.journal, prefetch: 1,
            arguments: ["x-stream-offset": .string("first")], name: "test", logger: Logger(label: "e2e"))
        var iterator = consumer.deliveries.makeAsyncIterator()
        let offset = try await iterator.next()?.properties.headers["x-stream-offset"]?.int
        await consumer.close()
        return try #require(offset)
    }
}
