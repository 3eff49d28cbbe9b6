import Logging
import Shared
import TestSupport
import Testing

/// `ohra trace` follows one document through a real fleet.
@Suite(.serialized, .timeLimit(.minutes(3))) struct TraceTests {
    private func trace(_ id: String, in fleet: Fleet, expecting status: Int32 = 0) async throws -> JSONElement {
        let output = try await fleet.run("ohra", "trace", id, "--json", expecting: status)
        return try JSONElement(parsing: Array(output.stdout.utf8))
    }

    /// Issues of the sample company.
    private func ids(_ fleet: Fleet) async throws -> [String] {
        let plan = try await fleet.run("extractor", "jira", "--since", "2020-01-01", "--dry-run", "--json").stdout
        let ids = try JSONElement(parsing: Array(plan.utf8))["new"]?.array?.compactMap(\.string) ?? []
        try #require(ids.count > 2)
        return ids
    }

    private func count(_ key: String, _ trace: JSONElement) -> Int? { trace[key]?.array.map { Array($0).count } }

    @Test func everyStationOfADocumentIsTold() async throws {
        try await Fleet.with { fleet in
            let id = try await ids(fleet)[0]
            try await fleet.run("loader", "--drain", "--idle", "0.5")
            let before = try await trace(id, in: fleet, expecting: 1)
            #expect(before["state"]?.string == "unknown" && before["journal_begin"]?.isNull == true)

            try await fleet.run("extractor", "jira", "--since", "2020-01-01")
            let extracted = try await trace(id, in: fleet)
            #expect(extracted["state"]?.string == "pending" && count("journal", extracted) == 1)
            #expect(extracted["detail"]?.string?.contains("waits for a transformer") == true)

            try await fleet.run("transformer", "--drain", "--idle", "1.5")
            let embedded = try await trace(id, in: fleet)
            #expect(embedded["state"]?.string == "pending" && count("journal", embedded) == 2)
            #expect(embedded["detail"]?.string?.contains("waits for a loader") == true)

            try await fleet.run("loader", "--drain", "--idle", "1.5")
            let loaded = try await trace(id, in: fleet)
            #expect(loaded["state"]?.string == "loaded" && count("registry", loaded) == 1)
            let marker = try #require(loaded["registry"]?.array?.first { _ in true })
            let points = try await fleet.points().values.filter { $0.contains("\"document_id\":\"\(id)\"") }
            #expect(points.count > 0 && marker["chunk_count"]?.int == points.count)

            let text = try await fleet.run("ohra", "trace", id).stdout
            #expect(text.contains(id) && text.contains("is loaded") && text.contains(marker["run"]?.string ?? "?"))
            for point in points {
                let content = try #require(try JSONElement(parsing: Array(point.utf8))["content"]?.string)
                let line = try #require(content.split(separator: "\n").last { $0.count > 20 })
                #expect(!text.contains(line), "text of the document is shown")
            }

            let byURL = try await trace(try #require(marker["url"]?.string), in: fleet)
            #expect(byURL["document_id"]?.string == id && byURL["state"]?.string == "loaded")
            let unknown = try await fleet.run("ohra", "trace", "https://nowhere.test/x", expecting: 1)
            #expect(unknown.stderr.contains("https://nowhere.test/x") && unknown.stdout.isEmpty)

            // From tomorrow on the journal has nothing, the rest is as it was.
            let late = try await fleet.run("ohra", "trace", id, "--since", "2099-01-01", "--json")
            let without = try JSONElement(parsing: Array(late.stdout.utf8))
            #expect(without["state"]?.string == "loaded" && count("journal", without) == 0)
        }
    }

    @Test func deletionsAndDeadLettersAreTold() async throws {
        try await Fleet.with { fleet in
            let ids = try await ids(fleet)
            let (deleted, failed) = (ids[0], ids[1])
            try await fleet.run("extractor", "jira", "--since", "2020-01-01")
            try await fleet.drain()
            let marker = try #require(try await trace(deleted, in: fleet)["registry"]?.array?.first { _ in true })
            let issue = try #require(marker["url"]?.string?.split(separator: "/").last)
            try await fleet.tell(.delete, "/issues/\(issue)")
            try await fleet.run("extractor", "jira", "--prune")
            try await fleet.drain()
            let gone = try await trace(deleted, in: fleet)
            #expect(gone["state"]?.string == "deleted" && count("points", gone) == 0)

            let change = DocumentChange(document: .sample(failed, content: "secret text"), epoch: 1 << 52)
            let message = MessageEnvelope(type: DocumentsMessage.type, run: "r", source: "jira")
                .publishing(exchange: "", routingKey: "", body: DocumentsMessage([change]).body)
            let letter = DeadLetter(stage: .documents, fault: Fault("embedding_invalid", "zero"), documentID: failed)
                .publishing(of: message.body, properties: message.properties, topology: fleet.topology)
            let publisher = Publisher(settings: fleet.broker, name: "e2e publish", logger: Logger(label: "e2e"))
            try await publisher.publish(letter)
            await publisher.close()
            let dead = try await trace(failed, in: fleet)
            #expect(dead["state"]?.string == "loaded", "the letter is of an older revision")
            #expect(count("dead", dead) == 1)
            let text = try await fleet.run("ohra", "trace", failed).stdout
            #expect(text.contains("embedding_invalid") && !text.contains("secret text"))
            // Looked at, not taken.
            #expect(try await fleet.depth(fleet.topology.deadQueue(.documents)) == 1)
        }
    }

    @Test(arguments: [["trace"], ["trace", "a", "b"], ["trace", "a", "--since", "soon"]])
    func wrongArgumentsExit64(arguments: [String]) async throws {
        #expect(try await ProgramRun("ohra", arguments, variables: [:]).output().status == 64)
    }
}
