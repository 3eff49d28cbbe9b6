import Foundation
import Shared
import Testing

/// A platform that the fleet does not know, added as docs/ADD-A-SOURCE.md says: one file, one line.
@Suite(.serialized, .timeLimit(.minutes(10))) struct AddedSourceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func python(_ module: String, _ arguments: [String]) throws -> ProgramRun {
        try ProgramRun(
            "python", ["-m", module] + arguments, from: Self.root.appending(path: ".venv/bin"), in: Self.root,
            variables: [:])
    }

    /// Builds an extractor with the guide's own code, into a folder that is removed afterwards.
    private func withExtractor(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ohra-added-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let built = try await python("dev.extra_source", ["--into", folder.path()]).output()
        try #require(built.status == 0, "\(built.complaint)")
        try await body(folder)
    }

    /// Starts the board that the guide's source reads.
    private func withBoard(
        topics: Int, pageSize: Int, bytes: Int, _ body: ([String: String]) async throws -> Void
    ) async throws {
        let board = try python(
            "dev.forum", ["--topics", "\(topics)", "--page-size", "\(pageSize)", "--bytes", "\(bytes)"])
        defer { board.terminate() }
        let port = try await board.firstLine()
        try await body(["OHRA_FORUM_URL": "http://127.0.0.1:\(port)", "OHRA_FORUM_TOKEN": "forum-token"])
    }

    private func counts(_ output: ProgramRun.Output) throws -> [String: Int] {
        let report = try JSONElement(parsing: Array(output.stdout.utf8))
        let source = try #require(report["sources"]?.array.map(Array.init)?.first?.object)
        var counts: [String: Int] = [:]
        for (name, value) in source { counts[name] = value.int }
        return counts
    }

    @Test func theGuidesSourceRunsThroughTheFleetInFlatMemory() async throws {
        try await withExtractor { binaries in
            try await passThroughTheFleet(binaries)
            try await passInFlatMemory(binaries)
        }
    }

    private func passThroughTheFleet(_ binaries: URL) async throws {
        try await withBoard(topics: 45, pageSize: 20, bytes: 2000) { settings in
            try await Fleet.with(settings) { fleet in
                func extract(_ arguments: String..., expecting status: Int32 = 0, with extra: [String: String] = [:])
                    async throws -> ProgramRun.Output
                {
                    let output = try await ProgramRun(
                        "extractor", ["forum", "--json"] + arguments, from: binaries,
                        variables: fleet.variables.merging(extra) { $1 }
                    ).output()
                    #expect(output.status == status, "\(output.complaint)")
                    return output
                }
                let refused = try await extract(expecting: 77, with: ["OHRA_FORUM_TOKEN": "canary-secret-5514"])
                #expect(!(refused.stderr + refused.stdout).contains("canary-secret-5514"))
                let first = try counts(try await extract("--since", "2020-01-01"))
                #expect(first["listed"] == 45 && first["new"] == 45 && first["published"] == 45)
                try await fleet.drain()
                let points = try await fleet.points().values
                #expect(points.count { $0.contains(#""source_type":"forum""#) } >= 45)
                #expect(points.contains { $0.contains(#""metadata":{"board":"7"}"#) })
                let second = try counts(try await extract("--since", "2020-01-01", "--prune"))
                #expect(second["skipped"] == 45 && second["published"] == 0 && second["failed"] == 0)
                let found = try await fleet.run("ohra", "search", "Topic 44", "--json")
                #expect(found.stdout.contains("forum:127.0.0.1_"))
            }
        }
    }

    /// Five times the documents take no more memory, whether they come one by one or by the hundred.
    private func passInFlatMemory(_ binaries: URL) async throws {
        for pageSize in [1, 200] {
            var peaks: [Int] = []
            for topics in [800, 4000] {
                try await withBoard(topics: topics, pageSize: pageSize, bytes: 8000) { settings in
                    try await Fleet.with(settings) { fleet in
                        let run = try ProgramRun(
                            "extractor", ["forum", "--since", "2020-01-01", "--json"], from: binaries,
                            variables: fleet.variables)
                        async let peak = run.peakMemory()
                        let output = try await run.output()
                        #expect(output.status == 0, "\(output.complaint)")
                        #expect(try counts(output)["published"] == topics)
                        peaks.append(await peak)
                    }
                }
            }
            #expect(peaks.allSatisfy { $0 > 0 && $0 < 80 << 20 }, "\(peaks) bytes, \(pageSize) documents a page")
            // The further documents are 26 MB of text.
            #expect(peaks[1] - peaks[0] < 12 << 20, "\(peaks) bytes, \(pageSize) documents a page")
        }
    }
}
