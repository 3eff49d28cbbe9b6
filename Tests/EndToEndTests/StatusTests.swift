import Logging
import Shared
import Testing

/// `ohra status` on real servers.
@Suite(.serialized, .timeLimit(.minutes(3))) struct StatusTests {
    private func status(_ fleet: Fleet, with extra: [String: String] = [:]) async throws -> JSONElement {
        let output = try await fleet.run("ohra", "status", "--json", with: extra)
        return try JSONElement(parsing: Array(output.stdout.utf8))
    }

    private func queue(_ name: String, in status: JSONElement) throws -> JSONElement {
        let queues = try #require(status["queues"]?.array)
        return try #require(Array(queues).first { $0["name"]?.string == name })
    }

    @Test func sourcesTellTheirDocumentsAndLastCompleteRun() async throws {
        try await Fleet.with { fleet in
            try await fleet.run("extractor", "jira", "--since", "2020-01-01")
            let extracted = try await status(fleet)
            #expect(extracted["documents"]?.int == 0 && extracted["points"]?.int == 0 && extracted["dead"]?.int == 0)
            try await fleet.drain()
            let loaded = try await status(fleet)
            let sources = Array(try #require(loaded["sources"]?.array))
            #expect(sources.map { $0["source"]?.string } == ["jira"])
            #expect(sources.first?["documents"]?.int == loaded["documents"]?.int)
            #expect((loaded["documents"]?.int ?? 0) > 0)
            let run = try #require(sources.first?["last_complete_run"]?.string)
            #expect(WindowMoment(run) != nil, "\(run)")
            let table = try await fleet.run("ohra", "status").stdout
            #expect(table.contains("last complete run") && table.contains(run))
        }
    }

    @Test func heldDeliveriesAreCountedWhereTheBrokerTells() async throws {
        try await Fleet.with { fleet in
            try await fleet.run("extractor", "jira", "--since", "2020-01-01")
            let name = fleet.topology.workQueue(.documents)
            let consumer = Consumer(
                settings: fleet.broker, queue: name, prefetch: 1, name: "e2e hold", logger: Logger(label: "e2e"))
            var iterator = consumer.deliveries.makeAsyncIterator()
            _ = try #require(try await iterator.next())
            // The management interface counts every five seconds and tells nobody.
            var held: Int?
            for _ in 0..<60 where held != 1 {
                held = try queue(name, in: try await status(fleet))["unacked"]?.int
                if held != 1 { try await Task.sleep(for: .milliseconds(500)) }
            }
            #expect(held == 1)
            let blind = try queue(
                name, in: try await status(fleet, with: ["OHRA_AMQP_MANAGEMENT_URL": "http://127.0.0.1:1"]))
            #expect(blind["unacked"]?.isNull == true && blind["consumers"]?.int == 1)
            await consumer.close()
        }
    }
}
