import Shared
import Testing

/// The three programs as processes on a real RabbitMQ, the Qdrant engine and the Atlassian stand-in.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FleetTests {
    private static let window = "2020-01-01"

    private func counts(_ output: ProgramRun.Output) throws -> [String: Int] {
        let report = try JSONElement(parsing: Array(output.stdout.utf8))
        var sums: [String: Int] = [:]
        for source in try #require(report["sources"]?.array) {
            for (key, value) in try #require(source.object) { sums[key, default: 0] += value.int ?? 0 }
        }
        return sums
    }

    @Test func documentsBecomePointsThatASearchFindsAndASecondRunSkipsThem() async throws {
        try await Fleet.with { fleet in
            let first = try counts(try await fleet.run("extractor", "all", "--since", Self.window, "--json"))
            #expect(first["listed"] == first["published"])
            #expect((first["published"] ?? 0) >= 100)
            try await fleet.drain()
            let points = try await fleet.points()
            let registry = Registry(client: fleet.client, collection: fleet.client.settings.registryCollection)
            #expect(try await registry.loadedCount() == first["published"])

            for (question, title) in [
                ("냉동 차량 온도 경보가 울리면 누구에게 연락하나요?", "냉동 차량 온도 경보 대응 절차"),
                (
                    "how do we roll back a failed deployment of the route planner",
                    "Roll back a failed deployment of the route planner"
                ),
            ] {
                let output = try await fleet.run("ohra", "search", question, "--json", "--limit", "3")
                let hits = try #require(try JSONElement(parsing: Array(output.stdout.utf8))["hits"]?.array)
                let titles = hits.map { $0["title"]?.string ?? "" }
                #expect(titles.contains(title))
            }

            let second = try counts(try await fleet.run("extractor", "all", "--since", Self.window, "--json"))
            #expect(second["published"] == 0)
            #expect(second["skipped"] == first["published"])
            #expect(try await fleet.depth(fleet.topology.workQueue(.documents)) == 0)
            #expect(try await fleet.points() == points)
        }
    }

    @Test func messagesHoldTenDocumentsAndFiveVectorsButTheLast() async throws {
        try await Fleet.with { fleet in
            let run = try counts(try await fleet.run("extractor", "confluence", "--since", Self.window, "--json"))
            let documentBodies = try await fleet.bodies(of: fleet.topology.workQueue(.documents))
            try SchemaCheck.expect(documentBodies, toMeet: "documents")
            let documents = try documentBodies.map { try DocumentsMessage(body: $0).changes.count }
            #expect(documents.reduce(0, +) == run["published"])
            #expect(documents.dropLast().allSatisfy { $0 == 10 })
            try await fleet.run("transformer", "--drain", "--idle", "1.5")
            let vectorBodies = try await fleet.bodies(of: fleet.topology.workQueue(.vectors))
            try SchemaCheck.expect(vectorBodies, toMeet: "vectors")
            let vectors = try vectorBodies.map { try VectorsMessage(body: $0) }
            // One documents message gives full messages and at most one short one.
            #expect(vectors.allSatisfy { $0.vectors.count <= 5 })
            #expect(vectors.count { $0.vectors.count < 5 } <= documents.count)
            let chunks = Dictionary(grouping: vectors.flatMap(\.vectors), by: \.documentID).mapValues(\.count)
            for header in vectors.flatMap(\.documents) { #expect(chunks[header.id] == header.chunkCount) }
            #expect(chunks.count == run["published"])
        }
    }

    @Test func anEditedPageIsReplacedAndADeletedIssueIsRemoved() async throws {
        try await Fleet.with { fleet in
            try await fleet.run("extractor", "all", "--since", Self.window)
            try await fleet.drain()
            let before = try await fleet.points()
            try await fleet.tell(.post, "/pages/66037", "{\"append_storage\":\"<p>Quokka 7788</p>\"}")
            try await fleet.tell(.delete, "/issues/WMS-10")
            let run = try counts(try await fleet.run("extractor", "all", "--prune", "--json"))
            #expect(run["changed"] == 1)
            #expect(run["removed"] == 1)
            #expect(run["failed"] == 0)
            try await fleet.drain()
            let after = try await fleet.points()
            #expect(after.values.count { $0.contains("Quokka 7788") } == 1)
            #expect(before.values.contains { $0.contains("WMS-10:") })
            #expect(!after.values.contains { $0.contains("\"title\":\"WMS-10:") })
            // Everything else is untouched, to the byte.
            let others = before.filter { !$0.value.contains(":66037\"") && !$0.value.contains("\"title\":\"WMS-10:") }
            #expect(others.allSatisfy { after[$0.key] == $0.value })
            #expect(after.count { !$0.value.contains(":66037\"") } == others.count)
        }
    }

    @Test func dryRunListsAndPublishesNothing() async throws {
        try await Fleet.with { fleet in
            try await fleet.run("ohra", "check")
            let output = try await fleet.run("extractor", "jira", "--since", Self.window, "--dry-run", "--json")
            let report = try JSONElement(parsing: Array(output.stdout.utf8))
            let new = Array(try #require(report["new"]?.array))
            #expect(new.count >= 60)
            #expect(try await fleet.depth(fleet.topology.workQueue(.documents)) == 0)
        }
    }

    @Test func fullRunLoadsANewStateBesideAndRemovesTheOld() async throws {
        try await Fleet.with { fleet in
            try await fleet.run("extractor", "confluence", "--since", Self.window)
            try await fleet.drain()
            let before = try await fleet.points()
            let run = try counts(
                try await fleet.run("extractor", "confluence", "--since", Self.window, "--full", "--json"))
            try await fleet.drain()
            let after = try await fleet.points()
            #expect(after.count == before.count)
            #expect(Set(after.keys).isDisjoint(with: before.keys))
            #expect(run["published"] == run["listed"])
        }
    }
}
