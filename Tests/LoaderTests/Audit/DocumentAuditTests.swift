import Shared
import Testing
import TestSupport

@testable import Loader

/// One document, judged by its markers and points.
@Suite struct DocumentAuditTests {
    private static let settledEpoch = 100

    private func marker(revision: Int = 2, chunks: Int = 3, isDeleted: Bool = false) -> Marker {
        var document = Document.sample("files:m:1")
        document.revision = revision
        let change = DocumentChange(document: document, epoch: 10, isDeleted: isDeleted)
        return Marker(DocumentHeader(change, chunkCount: isDeleted ? 0 : chunks), fingerprint: "f")
    }

    private func point(
        _ index: Int, revision: Int = 2, epoch: Int = 10, fingerprint: String = "f", id: PointID? = nil
    ) throws -> ChunkPoint {
        let place = PointIdentity.chunk(
            documentID: "files:m:1", version: DocumentVersion(revision: revision, epoch: epoch),
            fingerprint: fingerprint, index: index)
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("document_id", "files:m:1")
            writer.member("revision", revision)
            writer.member("epoch", epoch)
            writer.member("fingerprint", fingerprint)
            writer.member("chunk_index", index)
            writer.member("updated_at", "2025-03-0\(1 + index)T00:00:00Z")
        }
        return try #require(ChunkPoint(id: id ?? place, payload: try JSONElement(parsing: writer.bytes)))
    }

    private func findings(_ markers: [Marker], _ points: [ChunkPoint]) -> [AuditFinding] {
        DocumentAudit(documentID: "files:m:1", markers: markers, points: points, settledEpoch: Self.settledEpoch)
            .findings
    }

    @Test func aCompleteDocumentIsFine() throws {
        #expect(findings([marker()], try (0..<3).map { try point($0) }).isEmpty)
        #expect(findings([marker(isDeleted: true)], []).isEmpty)
        #expect(findings([marker(chunks: 0)], []).isEmpty)
    }

    @Test func missingChunksAreExtractedAgainFromWhereTheSourceHasThem() throws {
        let found = findings([marker()], [try point(2), try point(1)])
        #expect(found.map(\.kind) == [.missing])
        #expect(found.first?.points == 1)
        #expect(found.first?.incomplete == marker())
        #expect(found.first?.needsExtraction == true)
        #expect(found.first?.updatedAt?.description == "2025-03-02T00:00:00.000Z")
        #expect(findings([marker()], []).first?.updatedAt == nil)
    }

    @Test func pointsOfReplacedStatesAreStale() throws {
        let current = try (0..<3).map { try point($0) }
        let older = [try point(0, revision: 1), try point(0, fingerprint: "g")]
        let found = findings([marker(), marker(revision: 1)], current + older)
        #expect(found.map(\.kind) == [.stale, .stale, .stale])
        #expect(Set(found.flatMap(\.surplus)) == Set(older.map(\.id)))
        #expect(found.flatMap(\.staleMarkers) == [marker(revision: 1)])
    }

    @Test func pointsOfADeletedDocumentAreStale() throws {
        #expect(findings([marker(isDeleted: true)], [try point(0, revision: 1)]).map(\.kind) == [.stale])
    }

    @Test func pointsWithoutAMarkerAreOrphanedOnceTheyShouldBeComplete() throws {
        let found = findings([], [try point(0), try point(1)])
        #expect(found.map(\.kind) == [.orphaned])
        #expect(found.first?.points == 2)
        #expect(found.first?.needsExtraction == true)
        // Still on their way: of a document that was never loaded, and of a newer state of one that was.
        #expect(findings([], [try point(0, epoch: Self.settledEpoch)]).isEmpty)
        let current = try (0..<3).map { try point($0) }
        #expect(findings([marker()], current + [try point(0, revision: 3, epoch: Self.settledEpoch)]).isEmpty)
        #expect(findings([marker()], current + [try point(0, revision: 3)]).map(\.kind) == [.orphaned])
    }

    @Test func morePointsThanChunksAreCounted() throws {
        let found = findings([marker()], try (0..<5).map { try point($0) })
        #expect(found.map(\.kind) == [.wrongCount])
        #expect(found.first?.surplus.count == 2)
    }

    @Test func aPointInAWrongPlaceIsADuplicate() throws {
        let stray = try #require(PointID("00000000-0000-4000-8000-000000000000"))
        let found = findings([marker()], try (0..<3).map { try point($0) } + [try point(1, id: stray)])
        #expect(found.map(\.kind) == [.duplicate])
        #expect(found.first?.surplus == [stray])
    }

    @Test func theFirstLookSuspectsExactlyWhatDoesNotAddUp() throws {
        var count = AuditCount()
        count.expect(marker())
        for index in 0..<2 { count.see(try point(index)) }
        #expect(count.suspects == ["files:m:1"])
        count.see(try point(2))
        #expect(count.suspects.isEmpty)
        #expect(count.documents == 1)
        count.see(try point(3))
        #expect(count.suspects == ["files:m:1"])
    }
}
