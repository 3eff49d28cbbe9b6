import Chunking
import Embedding
import Shared
import TestSupport
import Testing

@testable import Transformer

@Suite struct PipelineTests {
    private let version = DocumentVersion(revision: 7, epoch: 1)

    private func change(_ id: String, _ content: String = "short", epoch: Int = 1, isDeleted: Bool = false)
        -> DocumentChange
    {
        DocumentChange(document: .sample(id, title: "T", content: content), epoch: epoch, isDeleted: isDeleted)
    }

    private func marker(
        _ id: String, epoch: Int = 1, chunkCount: Int = 1, fingerprint: String = "f", state: Marker.State = .loaded
    ) -> Marker {
        Marker(
            documentID: id, sourceType: "files", versionKey: "v1", fingerprint: fingerprint,
            version: DocumentVersion(revision: 7, epoch: epoch), chunkCount: chunkCount, state: state, title: "T",
            url: "", scope: "")
    }

    private func embedHash(_ content: String) -> String { ContentHash.hex("T\n\n\(content)") }

    private func pipeline(_ provider: StubProvider, _ stored: StoredPoints) throws -> Pipeline {
        Pipeline(
            chunker: RecursiveChunker(try ChunkSettings(sizeInScalars: 10, overlapInScalars: 0)), provider: provider,
            fingerprint: "f", stored: try stored.work())
    }

    @Test func allTextsOfAMessageAreEmbeddedInOneCallAndEqualOnesOnce() async throws {
        let provider = StubProvider()
        let stored = StoredPoints()
        let result = try await pipeline(provider, stored).transform([
            change("a", "one\n\ntwo two t"), change("b", "one"),
        ])
        #expect(provider.calls == [["T\n\none", "T\n\ntwo two t"]])
        let vectors = result.messages.flatMap(\.vectors)
        #expect(vectors.map(\.documentID) == ["a", "a", "b"])
        #expect(vectors.allSatisfy { $0.vector == StubProvider.vector(of: "T\n\n\($0.content)") })
        #expect(vectors.allSatisfy { $0.embedHash == embedHash($0.content) && $0.hash == ContentHash.hex($0.content) })
        // Nothing is known of these, so one look-up is all.
        #expect(stored.requests == ["ohra_registry/points/scroll"])
        #expect(result.volume == TransformVolume(documents: 2, embedded: 2))
    }

    @Test func vectorsOfTheVersionBeforeServeAgain() async throws {
        let provider = StubProvider()
        let stored = StoredPoints(
            markers: [marker("a")],
            points: [
                .init(documentID: "a", embedHash: embedHash("kept"), vector: [0.6, 0.8]),
                .init(documentID: "a", embedHash: embedHash("other"), vector: [0, 1], fingerprint: "g"),
                .init(documentID: "b", embedHash: embedHash("new text"), vector: [0, 1]),
            ])
        let result = try await pipeline(provider, stored).transform([
            change("a", "kept\n\nnew text\n\nother", epoch: 2)
        ])
        #expect(provider.calls == [["T\n\nnew text", "T\n\nother"]])
        #expect(result.messages.flatMap(\.vectors).map(\.vector).first == [0.6, 0.8])
        #expect(result.messages.flatMap(\.vectors).map(\.index) == [0, 1, 2])
        #expect(stored.requests == ["ohra_registry/points/scroll", "ohra/points/scroll"])
        #expect(result.volume == TransformVolume(documents: 1, embedded: 2, reused: 1))
    }

    @Test(arguments: [[1], [1, 2, 3], [0, 0]] as [[Float]])
    func storedVectorThatCannotBeIsMadeAnew(vector: [Float]) async throws {
        let provider = StubProvider()
        let stored = StoredPoints(
            markers: [marker("a")], points: [.init(documentID: "a", embedHash: embedHash("kept"), vector: vector)])
        let result = try await pipeline(provider, stored).transform([change("a", "kept", epoch: 2)])
        #expect(provider.calls == [["T\n\nkept"]] && result.volume.reused == 0)
    }

    @Test func loadedDocumentIsPassedOverButItsHeaderGoesOn() async throws {
        let provider = StubProvider()
        let stored = StoredPoints(
            markers: [marker("a", chunkCount: 2)],
            points: (0..<2).map { .init(documentID: "a", embedHash: "\($0)", vector: [1, 0]) })
        let result = try await pipeline(provider, stored).transform([change("a"), change("b")])
        #expect(provider.calls == [["T\n\nshort"]])
        #expect(result.messages.flatMap(\.vectors).map(\.documentID) == ["b"])
        let header = try #require(result.messages.flatMap(\.documents).first { $0.id == "a" })
        #expect(header.chunkCount == 2 && header.version == version && !header.isDeleted)
        #expect(stored.requests == ["ohra_registry/points/scroll", "ohra/facet"])
        #expect(result.volume == TransformVolume(documents: 1, skipped: 1, embedded: 1))
    }

    @Test func documentThatLostPointsIsMadeAgain() async throws {
        let provider = StubProvider()
        let stored = StoredPoints(
            markers: [marker("a", chunkCount: 2)],
            points: [.init(documentID: "a", embedHash: embedHash("one"), vector: [1, 0])])
        let result = try await pipeline(provider, stored).transform([change("a", "one\n\ntwo two t")])
        #expect(provider.calls == [["T\n\ntwo two t"]])
        #expect(result.volume == TransformVolume(documents: 1, embedded: 1, reused: 1))
    }

    @Test func overtakenDocumentsArePassedOver() async throws {
        let provider = StubProvider()
        let stored = StoredPoints(
            markers: [
                marker("newer", epoch: 2, chunkCount: 3), marker("other settings", fingerprint: "g"),
                marker("gone", epoch: 2, chunkCount: 0, state: .deleted),
            ])
        let result = try await pipeline(provider, stored).transform(
            [change("newer", "one\n\ntwo two t"), change("other settings"), change("gone")])
        #expect(provider.calls.isEmpty && result.messages.map(\.vectors.count) == [0])
        // Of their own versions: the journal keeps these headers beside the ones that came with vectors.
        #expect(result.messages.flatMap(\.documents).map(\.chunkCount) == [2, 1, 1])
        #expect(result.volume == TransformVolume(stale: 3))
    }

    /// The older of the two is overtaken or loaded; that must not be taken for the newer one.
    @Test func twoVersionsOfADocumentInOneMessageAreToldApart() async throws {
        let provider = StubProvider()
        let stored = StoredPoints(
            markers: [marker("a")], points: [.init(documentID: "a", embedHash: "x", vector: [1, 0])])
        let result = try await pipeline(provider, stored).transform([
            change("a", "new", epoch: 2), change("a", "old"), change("a", "last", epoch: 3),
        ])
        #expect(provider.calls == [["T\n\nnew", "T\n\nlast"]])
        #expect(Set(result.messages.flatMap(\.documents).map(\.version.epoch)) == [1, 2, 3])
        #expect(result.volume == TransformVolume(documents: 2, skipped: 1, embedded: 2))
    }

    @Test func tombstonesGoOnWithoutALookUp() async throws {
        let stored = StoredPoints(markers: [marker("a", epoch: 9)])
        let result = try await pipeline(StubProvider(), stored).transform([change("a", epoch: 10, isDeleted: true)])
        #expect(stored.requests.isEmpty)
        #expect(result.messages.flatMap(\.documents).map(\.chunkCount) == [0])
        #expect(result.messages.flatMap(\.documents).allSatisfy { $0.isDeleted })
    }

    @Test func refusedTextTakesItsDocumentAloneToTheDeadLetters() async throws {
        let provider = StubProvider(refusing: "bad")
        let result = try await pipeline(provider, StoredPoints()).transform(
            [change("a", "fine"), change("b", "bad\n\nand good 1"), change("c", "well")])
        #expect(result.rejected.map(\.documentID) == ["b"])
        #expect(result.rejected.map(\.fault.reason) == ["embedding_rejected"])
        #expect(try DocumentsMessage(body: result.rejected[0].body).changes.map(\.document.id) == ["b"])
        #expect(result.messages.flatMap(\.vectors).map(\.documentID) == ["a", "c"])
        #expect(result.volume.rejected == 1)
    }

    @Test func textlessDocumentHasItsTitleForAChunk() async throws {
        let result = try await pipeline(StubProvider(), StoredPoints()).transform([change("a", " \n")])
        #expect(result.messages.flatMap(\.vectors).map(\.content) == ["T"])
    }
}
