import Foundation
import Shared
import Testing

/// What Qdrant has is not made again, on the real servers.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SparedWorkTests {
    private func vectors(_ fleet: Fleet) async throws -> [PointID: [Float]] {
        var vectors: [PointID: [Float]] = [:]
        for try await page in fleet.client.pages(of: fleet.client.settings.collection, payload: [], vectors: true) {
            for point in page { vectors[point.id] = point.vector }
        }
        return vectors
    }

    /// Sums of a number over the lines that say what was spared.
    private func sum(_ key: String, in output: ProgramRun.Output) throws -> Int {
        try output.stderr.split(separator: "\n").filter { $0.contains("Work was spared") }.reduce(0) { sum, line in
            let line = try JSONElement(parsing: Array(line.utf8))
            return sum + (line[key]?.int ?? line[key]?.string.flatMap { Int($0) } ?? 0)
        }
    }

    @Test func unchangedChunksAndLoadedDocumentsAreNotEmbeddedAgain() async throws {
        try await SampleFolder.with(count: 12) { folder in
            try await Fleet.with(folder.variables) { fleet in
                func extract(_ arguments: String...) async throws {
                    _ = try await fleet.start("extractor", ["files", "--since", "2020-01-01"] + arguments).output()
                }
                try await extract()
                let first = try await fleet.run("transformer", "--drain", "--idle", "1.5")
                try await fleet.run("loader", "--drain", "--idle", "1.5")
                #expect(try sum("vectors.reused", in: first) == 0)
                let loaded = try await fleet.points()

                // One long text grows at its end: what came before it is the same.
                let file = URL(filePath: folder.path).appending(path: "text-3.md")
                let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
                try Data("\(text)\n\nThe end is new.\n".utf8).write(to: file)
                try await extract()
                let second = try await fleet.run("transformer", "--drain", "--idle", "1.5")
                try await fleet.run("loader", "--drain", "--idle", "1.5")
                let reused = try sum("vectors.reused", in: second)
                let embedded = try sum("vectors.embedded", in: second)
                #expect(reused >= 2 && (1...2).contains(embedded))
                let grown = try await fleet.points()
                #expect(grown.values.contains { $0.contains("The end is new.") })
                #expect(Set(grown.keys).intersection(loaded.keys).count < loaded.count)

                // The whole journal once more: everything is loaded or overtaken, and nothing changes.
                let vectors = try await vectors(fleet)
                try await fleet.run("ohra", "replay", "documents")
                let third = try await fleet.run("transformer", "--drain", "--idle", "1.5")
                try await fleet.run("loader", "--drain", "--idle", "1.5")
                #expect(try sum("documents.skipped", in: third) == 12)
                #expect(try sum("documents.stale", in: third) == 1)
                #expect(try sum("vectors.embedded", in: third) == 0)
                #expect(try await fleet.points() == grown)
                #expect(try await self.vectors(fleet) == vectors)

                // A point that is lost comes back by the same way.
                try await fleet.client.delete(fleet.client.settings.collection, ids: [try #require(vectors.keys.first)])
                try await fleet.run("ohra", "replay", "documents")
                try await fleet.run("transformer", "--drain", "--idle", "1.5")
                try await fleet.run("loader", "--drain", "--idle", "1.5")
                #expect(try await fleet.points() == grown)
            }
        }
    }
}
