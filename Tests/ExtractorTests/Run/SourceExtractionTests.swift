import Logging
import TestSupport
import Testing

@testable import Extractor
@testable import Platforms
@testable import Shared

@Suite(.timeLimit(.minutes(1))) struct SourceExtractionTests {
    private static func documents(_ range: Range<Int>, scope: String = "A", versionKey: String = "v1") -> [Document] {
        range.map {
            .sample("stub:here:\($0)", versionKey: versionKey, sourceType: "stub", scope: scope)
        }
    }

    @Test(arguments: [1, 50, 1000, 5000])
    func aQuietRunLooksUpInBatchesWhateverThePageSize(pageSize: Int) async throws {
        let count = 5000
        let scene = ExtractionScene(
            source: StubSource(pages: { _, page in
                let range = page * pageSize..<min((page + 1) * pageSize, count)
                return range.isEmpty ? nil : Self.documents(range)
            }), stub: StubRegistry((0..<count).map { .sample("stub:here:\($0)") }))
        let (_, counts) = try await scene.run()
        #expect(counts.listed == count && counts.same == count && counts.skipped == count && counts.published == 0)
        #expect(scene.stub.lookUps.count == 20)
        #expect(scene.stub.lookUps.reduce(0, +) == count)
        #expect(try scene.published.isEmpty)
    }

    @Test func newChangedAndSameAreTold() async throws {
        let scene = ExtractionScene(
            source: StubSource(pages: { _, page in
                page == 0 ? Self.documents(0..<2) + Self.documents(2..<5, versionKey: "v2") : nil
            }), stub: StubRegistry((1..<4).map { .sample("stub:here:\($0)") }))
        let (_, counts) = try await scene.run()
        #expect(counts.new == 2 && counts.changed == 2 && counts.same == 1 && counts.published == 4)
        #expect(try scene.published.map(\.document.id) == [0, 2, 3, 4].map { "stub:here:\($0)" })
        #expect(scene.recorder.lines.contains { $0.contains("Page read") && $0.contains(#""listed": 5"#) })
    }

    @Test func aBodyThatIsCutIsNamedWithoutItsText() async throws {
        var cut = Self.documents(0..<2)
        cut[1].bytesLeftOut = 4711
        let documents = cut
        let scene = ExtractionScene(
            source: StubSource(pages: { _, page in page == 0 ? documents : nil }), stub: StubRegistry())
        let (_, counts) = try await scene.run()
        let lines = scene.recorder.lines.filter { $0.contains("left out") }
        #expect(counts.published == 2 && lines.count == 1 && lines.first?.hasPrefix("warning") == true)
        #expect(lines.first?.contains("stub:here:1") == true && lines.first?.contains("4711") == true)
        #expect(lines.first?.contains("body\u{7}") == false)
    }

    @Test func fullPublishesTheSameAgainAndSkipsNothing() async throws {
        var scene = ExtractionScene(
            source: StubSource(pages: { _, page in page == 0 ? Self.documents(0..<3) : nil }),
            stub: StubRegistry((0..<3).map { .sample("stub:here:\($0)") }))
        scene.options.emitsAll = true
        let (_, counts) = try await scene.run()
        #expect(counts.same == 3 && counts.skipped == 0 && counts.published == 3)
    }

    @Test func aFaultEndsItsScopeAndPublishesWhatCameBefore() async throws {
        let scene = ExtractionScene(
            source: StubSource(
                scopes: ["A", "B"],
                pages: { scope, page in
                    if scope == "A", page == 2 { throw SourceError(.unavailable, "the wire is cut") }
                    let start = page * 3 + (scope == "B" ? 100 : 0)
                    return page < 3 ? Self.documents(start..<start + 3, scope: scope) : nil
                }), stub: StubRegistry())
        let (result, counts) = try await scene.run()
        #expect(counts.failed == 1 && counts.listed == 15 && counts.published == 15)
        #expect(result.completeScopes == ["B"] && result.failure == nil)
        #expect(scene.stub.writes.count == 1 && scene.stub.writes[0].contains(#""scope":"B""#))
        #expect(!scene.stub.writes[0].contains(#""scope":"A""#))
        #expect(scene.recorder.lines.contains { $0.contains("the wire is cut") })
    }

    @Test func refusedCredentialsEndTheSource() async throws {
        let scene = ExtractionScene(
            source: StubSource(
                scopes: ["A", "B"],
                pages: { scope, page in
                    if page == 1 { throw SourceError(.unauthorized, "no") }
                    return Self.documents(0..<3)
                }), stub: StubRegistry())
        let (result, counts) = try await scene.run()
        #expect(result.failure?.code == .unauthorized && counts.published == 3 && counts.listed == 3)
        #expect(scene.stub.writes.isEmpty)
    }

    @Test func aStopSignalPublishesWhatWasReadAndDoesNotMoveTheWindow() async throws {
        let reached = AsyncStream.makeStream(of: Void.self)
        let scene = ExtractionScene(
            source: StubSource(
                scopes: ["A", "B"],
                pages: { scope, page in
                    if page < 2 { return Self.documents(page * 15..<page * 15 + 15) }
                    // A server that does not answer: ends by cancellation only.
                    reached.continuation.yield()
                    try await Task.sleep(for: .seconds(3600))
                    return nil
                }), stub: StubRegistry())
        async let outcome = scene.run()
        for await _ in reached.stream { break }
        scene.stop.stop(.shutdown)
        let (result, counts) = try await outcome
        #expect(counts.listed == 30 && counts.published == 30 && counts.failed == 2)
        #expect(try scene.published.count == 30)
        #expect(result.completeScopes.isEmpty && scene.stub.writes.isEmpty)
    }

    @Test func pruneRemovesWithinTheLimitAndHoldsTheRestBack() async throws {
        var scene = ExtractionScene(
            source: StubSource(
                scopes: ["A", "B"],
                ids: { scope, page in
                    page == 0 ? (scope == "A" ? (0..<9) : (10..<12)).map { "stub:here:\($0)" } : nil
                }),
            stub: StubRegistry(
                (0..<10).map { .sample("stub:here:\($0)") } + (10..<20).map { .sample("stub:here:\($0)", scope: "B") }))
        scene.options.prunes = true
        let (_, counts) = try await scene.run()
        #expect(counts.removed == 1 && counts.failed == 1 && counts.published == 1)
        let tombstones = try scene.published
        #expect(tombstones.map(\.document.id) == ["stub:here:9"] && tombstones.allSatisfy(\.isDeleted))
        #expect(scene.recorder.lines.contains { $0.hasPrefix("error") && $0.contains("--max-removals") })
        #expect(scene.recorder.lines.contains { $0.hasPrefix("notice") && $0.contains(#""gone": 1"#) })
    }

    @Test func pruneTellsOfScopesThatAreNotReadAndLeavesThemAlone() async throws {
        var scene = ExtractionScene(
            source: StubSource(scopes: ["A"], ids: { _, page in page == 0 ? ["stub:here:1"] : nil }),
            stub: StubRegistry(
                [.sample("stub:here:1"), .sample("stub:there:2", scope: "C")]
                    + (10..<13).map { .sample("stub:here:\($0)", scope: "B") }))
        scene.options.prunes = true
        let (_, counts) = try await scene.run()
        #expect(counts.removed == 0 && counts.failed == 0)
        let lines = scene.recorder.lines.filter { $0.contains("stay loaded") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains(#""count": 3"#) == true && lines.first?.contains(#""scopes": B"#) == true)
    }

    @Test func forceIsSaidAloudAndRemovesEverythingGone() async throws {
        var scene = ExtractionScene(
            source: StubSource(), stub: StubRegistry((0..<10).map { .sample("stub:here:\($0)") }))
        scene.options.prunes = true
        scene.options.forces = true
        let (_, counts) = try await scene.run()
        #expect(counts.removed == 10 && counts.failed == 0)
        #expect(scene.recorder.lines.contains { $0.hasPrefix("warning") && $0.contains("--force") })
    }

    @Test func nothingIsPrunedWhenAScopeFailed() async throws {
        let source = StubSource(pages: { _, _ in throw SourceError(.rejected, "no") })
        var scene = ExtractionScene(source: source, stub: StubRegistry([.sample("stub:here:1")]))
        scene.options.prunes = true
        scene.options.forces = true
        let (_, counts) = try await scene.run()
        #expect(counts.removed == 0 && counts.failed == 1)
        #expect(source.listings(of: "A") == 0)
    }

    @Test func aDryRunListsAndChangesNothing() async throws {
        var scene = ExtractionScene(
            source: StubSource(
                pages: { _, page in
                    page == 0
                        ? Self.documents(0..<1) + Self.documents(1..<2, versionKey: "v2") + Self.documents(2..<3) : nil
                }, ids: { _, page in page == 0 ? (0..<9).map { "stub:here:\($0)" } : nil }),
            stub: StubRegistry((1..<10).map { .sample("stub:here:\($0)") }))
        scene.options.isDryRun = true
        scene.options.prunes = true
        let (result, counts) = try await scene.run()
        #expect(
            String(decoding: result.dryRun.json, as: UTF8.self)
                == #"{"new":["stub:here:0"],"changed":["stub:here:1"],"same":1,"gone":["stub:here:9"]}"#)
        #expect(counts.published == 0 && counts.removed == 0)
        #expect(try scene.published.isEmpty && scene.stub.writes.isEmpty)
    }
}
