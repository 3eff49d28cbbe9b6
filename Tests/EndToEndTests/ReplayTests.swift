import Shared
import Testing

/// `ohra replay` on the real servers: the journal brings back what was lost and nothing that was overtaken.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ReplayTests {
    private static let window = "2020-01-01"

    private func value(_ output: ProgramRun.Output) throws -> JSONElement {
        try JSONElement(parsing: Array(output.stdout.utf8))
    }

    private func count(_ output: ProgramRun.Output, _ key: String) throws -> Int {
        try #require(try value(output)[key]?.int, "\(output.stdout)")
    }

    private func loadEverything(_ fleet: Fleet) async throws -> (run: String, points: [String: String]) {
        let output = try await fleet.run("extractor", "all", "--since", Self.window, "--json")
        try await fleet.drain()
        return (try #require(try value(output)["run"]?.string), try await fleet.points())
    }

    private func forgetEverything(_ fleet: Fleet) async throws {
        try await fleet.client.deleteCollection(fleet.client.settings.collection)
        try await fleet.client.deleteCollection(fleet.client.settings.registryCollection)
    }

    @Test func replayedVectorsFillAnEmptyQdrantWithTheSamePoints() async throws {
        try await Fleet.with { fleet in
            let (run, points) = try await loadEverything(fleet)
            try await forgetEverything(fleet)
            let dry = try await fleet.run("ohra", "replay", "vectors", "--dry-run", "--json")
            #expect(try await fleet.depth(fleet.topology.workQueue(.vectors)) == 0)
            let real = try await fleet.run("ohra", "replay", "vectors", "--json", "--run", run)
            #expect(try count(real, "messages") == count(dry, "messages"))
            #expect(try count(real, "documents") == count(dry, "documents"))
            #expect(try await fleet.depth(fleet.topology.workQueue(.vectors)) == count(real, "messages"))
            try await fleet.run("loader", "--drain", "--idle", "1.5")
            #expect(try await fleet.points() == points)
            // What was replayed has not doubled the journal.
            let again = try await fleet.run("ohra", "replay", "vectors", "--dry-run", "--json")
            #expect(again.stdout == dry.stdout)
        }
    }

    @Test func filtersNarrowWhatIsSent() async throws {
        try await Fleet.with { fleet in
            let (run, points) = try await loadEverything(fleet)
            let marked = try #require(points.values.first { $0.contains(":66037\"") })
            let page = try #require(try JSONElement(parsing: Array(marked.utf8))["document_id"]?.string)
            func matching(_ arguments: String...) async throws -> (messages: Int, documents: Int) {
                let output = try await fleet.start(
                    "ohra", ["replay", "documents", "--dry-run", "--json"] + arguments
                ).output()
                return (try count(output, "messages"), try count(output, "documents"))
            }
            let all = try await matching()
            #expect(all.documents >= 100)
            #expect(try await matching("--run", run) == all)
            #expect(try await matching("--run", "other") == (0, 0))
            #expect(try await matching("--since", "2020-01-01") == all)
            #expect(try await matching("--until", "2020-01-01") == (0, 0))
            let wiki = try await matching("--source", "confluence")
            let issues = try await matching("--source", "jira")
            #expect(wiki.documents > 0 && wiki.documents + issues.documents == all.documents)
            #expect(try await matching("--document", page) == (1, 1))
            #expect(try await matching("--document", "nobody:at:1") == (0, 0))

            try await fleet.run("ohra", "replay", "documents", "--document", page)
            let bodies = try await fleet.bodies(of: fleet.topology.workQueue(.documents))
            try SchemaCheck.expect(bodies, toMeet: "documents")
            #expect(try bodies.flatMap { try DocumentsMessage(body: $0).changes.map(\.document.id) } == [page])
            try await fleet.drain()
            #expect(try await fleet.points() == points)
        }
    }

    @Test func replayOfAnOldRunChangesNothingAfterAnEditAndADeletion() async throws {
        try await Fleet.with { fleet in
            let (run, _) = try await loadEverything(fleet)
            try await fleet.tell(.post, "/pages/66037", "{\"append_storage\":\"<p>Quokka 7788</p>\"}")
            try await fleet.tell(.delete, "/issues/WMS-10")
            try await fleet.run("extractor", "all", "--prune")
            try await fleet.drain()
            let points = try await fleet.points()
            #expect(points.values.contains { $0.contains("Quokka 7788") })
            try await fleet.run("ohra", "replay", "documents", "--run", run)
            try await fleet.run("ohra", "replay", "vectors", "--run", run)
            try await fleet.drain()
            #expect(try await fleet.points() == points)
        }
    }

    @Test func replayWhileANewerVersionIsLoadedLeavesTheNewerOne() async throws {
        try await Fleet.with { fleet in
            let (run, _) = try await loadEverything(fleet)
            // Every document anew, with a later epoch; old and new wait in the same queues.
            try await fleet.run("extractor", "all", "--since", Self.window, "--full")
            async let old = fleet.run("ohra", "replay", "documents", "--run", run)
            async let older = fleet.run("ohra", "replay", "vectors", "--run", run)
            async let work: Void = fleet.drain()
            _ = try await (old, older, work)
            // The replay may have ended after a worker had seen its queue empty.
            try await fleet.drain()
            let points = try await fleet.points()
            var epochs: [String: Set<Int>] = [:]
            for payload in points.values {
                let payload = try JSONElement(parsing: Array(payload.utf8))
                epochs[payload["document_id"]?.string ?? "", default: []].insert(payload["epoch"]?.int ?? 0)
            }
            let registry = Registry(client: fleet.client, collection: fleet.client.settings.registryCollection)
            let latest = try await registry.latestMarkers(of: Array(epochs.keys))
            #expect(epochs.count == latest.count)
            for (id, marker) in latest {
                #expect(epochs[id] == [marker.version.epoch])
                #expect(marker.chunkCount == points.values.count { $0.contains("\"document_id\":\"\(id)\"") })
            }
        }
    }

    @Test func replayWaitsForRoomInTheWorkQueue() async throws {
        try await Fleet.with { fleet in
            let (_, points) = try await loadEverything(fleet)
            let replay = try fleet.start("ohra", ["replay", "vectors", "--max-queued", "8", "--json"])
            try await replay.waitForStandardError(containing: "Waiting for room")
            #expect(try await fleet.depth(fleet.topology.workQueue(.vectors)) == 8)
            let loader = try fleet.start("loader", [])
            let output = try await replay.output()
            #expect(output.status == 0, "\(output.complaint)")
            #expect(try count(output, "messages") > 8)
            loader.terminate()
            _ = try await loader.output()
            try await fleet.run("loader", "--drain", "--idle", "1.5")
            #expect(try await fleet.points() == points)
        }
    }

    @Test func anEmptyJournalIsSaidAndAMissingOneIsAFault() async throws {
        try await Fleet.with { fleet in
            let missing = try await fleet.run("ohra", "replay", "vectors", expecting: 78)
            #expect(missing.stderr.contains("\(fleet.topology.journal)"))
            #expect(missing.stderr.contains("ohra topology apply"))
            try await fleet.run("loader", "--drain", "--idle", "0.5")
            let empty = try await fleet.run("ohra", "replay", "documents")
            #expect(empty.stdout.contains("Nothing in the journal matches"))
            let none = try await fleet.run("ohra", "replay", "vectors", "--since", "2020-01-01", "--dry-run", "--json")
            #expect(none.stdout.filter { !$0.isWhitespace } == "{\"messages\":0,\"documents\":0}")
        }
    }

    @Test(arguments: [
        ["replay"], ["replay", "points"], ["replay", "vectors", "--since", "soon"],
        ["replay", "vectors", "--max-queued", "0"],
        ["replay", "vectors", "--since", "2026-02-01", "--until", "2026-01-01"],
    ])
    func wrongArgumentsExit64(arguments: [String]) async throws {
        #expect(try await ProgramRun("ohra", arguments, variables: [:]).output().status == 64)
    }

    @Test func deadBrokerExits69AndAWrongPassword77() async throws {
        let dead = try await ProgramRun(
            "ohra", ["replay", "vectors"], variables: ["OHRA_AMQP_URL": "amqp://127.0.0.1:1"]
        ).output()
        #expect(dead.status == 69)
        let refused = try await ProgramRun(
            "ohra", ["replay", "vectors"], variables: ["OHRA_AMQP_PASSWORD": "canary-secret-5514"]
        ).output()
        #expect(refused.status == 77)
        #expect(!refused.stderr.contains("canary-secret-5514"))
    }
}
