import Foundation
import Shared
import Synchronization
import Testing

/// `loader migrate` on real servers: a collection of another dimension, loaded beside the first, takes its place.
@Suite(.serialized, .timeLimit(.minutes(5))) struct MigrationTests {
    private static let (small, large) = (["OHRA_EMBEDDING_DIMENSION": "64"], ["OHRA_EMBEDDING_DIMENSION": "128"])

    private func load(_ fleet: Fleet) async throws {
        try await fleet.run("extractor", "files", "--since", "2020-01-01")
        try await fleet.run("transformer", "--drain", "--idle", "1")
        try await fleet.run("loader", "--drain", "--idle", "1")
    }

    private func target(_ fleet: Fleet) async throws -> String {
        let name = fleet.client.settings.collection
        return try #require(try await fleet.client.aliases()[name], "\(name) is no alias")
    }

    @Test func searchesGoOnWhileANewCollectionTakesThePlaceOfTheOld() async throws {
        try await SampleFolder.with(count: 20) { folder in
            try await Fleet.with(folder.variables.merging(Self.small) { $1 }) { fleet in
                try await load(fleet)
                try await Fleet.with(folder.variables.merging(Self.large) { $1 }) { next in
                    let (name, old) = (next.client.settings.collection, try await target(fleet))
                    // Nothing to switch to yet.
                    try await fleet.run("loader", "migrate", name, expecting: 78)
                    try await load(next)
                    try await leaveBehind(fleet, next, folder)
                    try await switchUnderSearches(fleet, next)
                    #expect(try await target(fleet) == name + "_v1")
                    try await afterwards(fleet, next, old)
                }
            }
        }
    }

    /// A text that only the old collection has keeps the names where they are.
    private func leaveBehind(_ fleet: Fleet, _ next: Fleet, _ folder: SampleFolder) async throws {
        let old = try await target(fleet)
        try Data("# Late\n\nA text that came last.".utf8).write(
            to: URL(filePath: folder.path).appending(path: "late.md"))
        try await load(fleet)
        let refusal = try await fleet.run("loader", "migrate", next.client.settings.collection, expecting: 1)
        #expect(refusal.stdout.contains("1 of 21 documents"))
        #expect(try await target(fleet) == old)
    }

    /// Readers ask without a pause while the missing text is loaded and the names move: by the common name, and by that of the
    /// former collection with vectors of the former model. Every answer is whole.
    private func switchUnderSearches(_ fleet: Fleet, _ next: Fleet) async throws {
        let isOver = Mutex(false)
        let (client, old) = (fleet.client, try await target(fleet))
        let hits = try await client.scroll(old, vectors: true, limit: 1)
        let vector = try #require(hits.points.first?.vector)
        async let seen: [Int: Int] = {
            var seen: [Int: Int] = [:]
            while !isOver.withLock({ $0 }) {
                let page = try await client.scroll(client.settings.collection, payload: [], vectors: true, limit: 10)
                #expect(page.points.count == 10 && Set(page.points.map { $0.vector?.count }).count == 1)
                seen[page.points.first?.vector?.count ?? 0, default: 0] += 1
                #expect(try await client.query(old, .dense(vector), limit: 3).count == 3)
            }
            return seen
        }()
        let switching = try fleet.start("loader", ["migrate", next.client.settings.collection, "--wait"])
        try await load(next)
        let output = try await switching.output()
        isOver.withLock { $0 = true }
        #expect(output.status == 0, "\(output.complaint)")
        let answers = try await seen
        #expect(answers[64] ?? 0 > 0 && Set(answers.keys).isSubset(of: [64, 128]))
    }

    private func afterwards(_ fleet: Fleet, _ next: Fleet, _ old: String) async throws {
        try await fleet.run("ohra", "search", "frozen goods", with: Self.large)
        try await fleet.run("ohra", "search", "frozen goods", with: Self.small, expecting: 78)
        // The former collection is still there, and back is as easy.
        try await fleet.run("loader", "migrate", old)
        try await fleet.run("ohra", "search", "frozen goods", with: Self.small)
        try await fleet.run("loader", "migrate", next.client.settings.collection)
        // What is in use is not deleted, what was replaced is.
        try await fleet.run("loader", "migrate", "--drop", try await target(fleet), expecting: 78)
        try await fleet.run("loader", "migrate", "--drop", old)
        #expect(try await fleet.client.collectionExists(old) == false)
        // The fleet goes on with the new settings: nothing is new to it.
        let output = try await fleet.run("extractor", "files", "--since", "2020-01-01", "--json", with: Self.large)
        let report = try JSONElement(parsing: Array(output.stdout.utf8))
        #expect(report["sources"]?.array.flatMap { Array($0).first }?["skipped"]?.int == 21)
    }
}
