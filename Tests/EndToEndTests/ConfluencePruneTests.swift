import Shared
import Testing

import class Foundation.ProcessInfo

/// Changes of pages that no search for changes shows, through the whole fleet.
@Suite(.timeLimit(.minutes(5))) struct ConfluencePruneTests {
    /// Settings of an edition of the stand-in; Data Center lies below a context path and takes a personal access token.
    static let editions: [[String: String]] = [
        [:], ["OHRA_CONFLUENCE_URL": "/confluence", "OHRA_CONFLUENCE_EMAIL": ""],
    ]

    private func settings(_ edition: [String: String]) throws -> [String: String] {
        guard let path = edition["OHRA_CONFLUENCE_URL"] else { return [:] }
        guard let wiki = ProcessInfo.processInfo.environment["OHRA_CONFLUENCE_URL"] else {
            throw MissingEnvironment(name: "OHRA_CONFLUENCE_URL")
        }
        return edition.merging(["OHRA_CONFLUENCE_URL": String(wiki.dropLast("/wiki".count)) + path]) { $1 }
    }

    private func counts(_ output: ProgramRun.Output) throws -> JSONElement {
        let sources = try JSONElement(parsing: Array(output.stdout.utf8))["sources"]?.array.map(Array.init)
        return try #require(sources?.first)
    }

    @Test(arguments: editions)
    func aPruningRunReadsExactlyThePagesWhoseStateChangedAndRemovesWhatIsGone(_ edition: [String: String]) async throws
    {
        try await Fleet.with { fleet in
            let settings = try settings(edition)
            try await fleet.run("extractor", "confluence", "--since", "2020-01-01", with: settings)
            try await fleet.drain()
            // Neither raises a version or moves a date.
            try await fleet.tell(.post, "/pages/66413/labels", #"{"labels":["allowance"]}"#)
            try await fleet.tell(.post, "/pages/66417/restriction", #"{"users":["jiwoo"]}"#)
            try await fleet.tell(.delete, "/pages/66425")
            let plain = try counts(try await fleet.run("extractor", "confluence", "--json", with: settings))
            #expect(plain["changed"]?.int == 0)
            let run = try counts(try await fleet.run("extractor", "confluence", "--prune", "--json", with: settings))
            #expect(run["changed"]?.int == 2 && run["removed"]?.int == 1 && run["failed"]?.int == 0)
            try await fleet.drain()
            let points = try await fleet.points().values
            #expect(points.contains { $0.contains(":66413\"") && $0.contains("\"allowance\"") })
            #expect(
                points.contains {
                    $0.contains(":66417\"") && $0.contains("\"restrictions\":[{\"content_id\":\"66417\"")
                })
            #expect(!points.contains { $0.contains(":66425\"") })
            // Everything is known now.
            let again = try counts(try await fleet.run("extractor", "confluence", "--prune", "--json", with: settings))
            #expect(again["changed"]?.int == 0 && again["published"]?.int == 0 && again["removed"]?.int == 0)
        }
    }

    @Test(arguments: editions)
    func changedReadersOfASpaceReachAllItsPages(_ edition: [String: String]) async throws {
        try await Fleet.with { fleet in
            let settings = try settings(edition)
            let ofHR = settings.merging(["OHRA_CONFLUENCE_SPACES": "HR"]) { $1 }
            let first = try counts(
                try await fleet.run("extractor", "confluence", "--since", "2020-01-01", "--json", with: ofHR))
            try await fleet.drain()
            let before = try await fleet.points().values
            #expect(!before.isEmpty && before.allSatisfy { $0.contains("people-team") })
            try await fleet.tell(.post, "/spaces/HR", #"{"readers":{"groups":["board"]}}"#)
            let run = try counts(try await fleet.run("extractor", "confluence", "--prune", "--json", with: ofHR))
            #expect(run["changed"]?.int == first["new"]?.int && run["removed"]?.int == 0)
            try await fleet.drain()
            let after = try await fleet.points().values
            #expect(after.count == before.count)
            #expect(after.allSatisfy { $0.contains("board") && !$0.contains("people-team") })
        }
    }

    @Test func aSpaceThatFailsEndsByItselfAndNothingIsPruned() async throws {
        try await Fleet.with { fleet in
            try await fleet.run("extractor", "confluence", "--since", "2020-01-01")
            try await fleet.drain()
            try await fleet.tell(.post, "/spaces/OPS", #"{"visible":false}"#)
            let output = try await fleet.run(
                "extractor", "confluence", "--prune", "--json", with: ["OHRA_CONFLUENCE_SPACES": "ENG,OPS,HR"],
                expecting: 1)
            let run = try counts(output)
            #expect(run["failed"]?.int == 1 && run["removed"]?.int == 0)
            #expect(output.stderr.contains("OPS"))
        }
    }
}
