import FoundationEssentials
import Shared
import Testing

@testable import Extractor
@testable import Platforms

@Suite struct CensusTests {
    private let progress = ProgressLine("census")

    private func findings(_ source: StubSource, _ markers: [Marker], _ scopes: [String] = ["A"]) async throws
        -> [String: [String]]
    {
        let census = Census(
            source: source, registry: StubRegistry(markers).registry, stop: StopSignal(), progress: progress)
        let findings = try await census.findings(scopes)
        return Dictionary(uniqueKeysWithValues: findings.map { ($0.name, $0.gone.map(\.documentID)) })
    }

    private func ids(_ numbers: [Int]) -> [String] { numbers.map { "stub:here:\($0)" } }

    @Test func whatNoListingHasIsGone() async throws {
        let source = StubSource(ids: { [ids] _, page in page < 3 ? ids([page * 2, page * 2 + 1]) : nil })
        let markers = (0..<8).map { Marker.sample("stub:here:\($0)") }
        #expect(try await findings(source, markers) == ["A": ids([6, 7])])
        #expect(source.listings(of: "A") == 2)
    }

    @Test func nothingGoneIsOneListing() async throws {
        let source = StubSource(ids: { [ids] _, page in page == 0 ? ids([1]) : nil })
        #expect(try await findings(source, [.sample("stub:here:1")]) == ["A": []])
        #expect(source.listings(of: "A") == 1)
    }

    @Test func anIdThatOneListingSkippedIsNotGone() async throws {
        let first = Flag()
        let source = StubSource(ids: { [ids] _, page in
            guard page == 0 else { return nil }
            // As an offset that moved while the listing was read.
            return first.raise() ? ids([1, 3]) : ids([1, 2, 3])
        })
        let markers = [1, 2, 3, 4].map { Marker.sample("stub:here:\($0)") }
        #expect(try await findings(source, markers) == ["A": ids([4])])
    }

    @Test func aDocumentThatMovedToAnotherScopeIsNotGone() async throws {
        let source = StubSource(
            scopes: ["A", "B"], ids: { [ids] scope, page in page == 0 ? ids(scope == "A" ? [1] : [2]) : nil })
        let markers = [Marker.sample("stub:here:1"), .sample("stub:here:2"), .sample("stub:here:3", scope: "B")]
        #expect(try await findings(source, markers, ["A", "B"]) == ["A": [], "B": ids([3])])
    }

    @Test func aListingThatFailsEndsTheCensus() async throws {
        let source = StubSource(
            scopes: ["A", "B"],
            ids: { [ids] scope, page in
                if scope == "B", page == 1 { throw SourceError(.unavailable, "down") }
                return page < 2 ? ids([page]) : nil
            })
        await #expect(throws: SourceError.self) { try await findings(source, [.sample("stub:here:9")], ["A", "B"]) }
    }

    @Test func theNewestMarkerOfADocumentBecomesItsTombstone() async throws {
        let markers = [Marker.sample("stub:here:9", epoch: 5), .sample("stub:here:9", epoch: 8)]
        let census = Census(
            source: StubSource(), registry: StubRegistry(markers).registry, stop: StopSignal(), progress: progress)
        let found = try await census.findings(["A"])
        #expect(found[0].loaded == 1 && found[0].gone.map(\.version.epoch) == [8])
        let change = found[0].gone[0].tombstone(by: RunIdentity(startedAt: .distantPast))
        #expect(change.isDeleted && change.epoch == 9 && change.document.content.isEmpty)
    }
}
