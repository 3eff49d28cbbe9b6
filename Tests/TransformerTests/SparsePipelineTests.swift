import Chunking
import Embedding
import Shared
import TestSupport
import Testing

@testable import Transformer

@Suite struct SparsePipelineTests {
    private func change(_ content: String, epoch: Int = 1) -> DocumentChange {
        DocumentChange(document: .sample("a", title: "T", content: content), epoch: epoch)
    }

    private func pipeline(_ provider: StubProvider, _ stored: StoredPoints, isOn: Bool = true) throws -> Pipeline {
        Pipeline(
            chunker: RecursiveChunker(try ChunkSettings(sizeInScalars: 10, overlapInScalars: 0)), provider: provider,
            fingerprint: "f", stored: try stored.work(), sparse: SparseSettings(isOn: isOn))
    }

    private func expected(_ text: String) -> SparseVector? {
        var encoder = SparseEncoder()
        return encoder.document(text)
    }

    @Test func everyChunkGetsTheWordsOfWhatIsEmbedded() async throws {
        let result = try await pipeline(StubProvider(), StoredPoints()).transform([change("첫 문단\n\nqueue twice")])
        let vectors = result.messages.flatMap(\.vectors)
        #expect(vectors.count == 3)
        for vector in vectors { #expect(vector.sparse == expected("T\n\n\(vector.content)")) }
        #expect(vectors[0].sparse != nil && vectors[0].sparse != vectors[1].sparse)
    }

    @Test func aReusedVectorGetsItsWordsAnew() async throws {
        let marker = Marker(
            documentID: "a", sourceType: "files", versionKey: "v1", fingerprint: "f",
            version: DocumentVersion(revision: 7, epoch: 1), chunkCount: 1, state: .loaded, title: "T", url: "",
            scope: "")
        let stored = StoredPoints(
            markers: [marker],
            points: [.init(documentID: "a", embedHash: ContentHash.hex("T\n\nkept"), vector: [0.6, 0.8])])
        let provider = StubProvider()
        let result = try await pipeline(provider, stored).transform([change("kept", epoch: 2)])
        let vector = try #require(result.messages.flatMap(\.vectors).first)
        #expect(provider.calls.isEmpty && vector.vector == [0.6, 0.8])
        #expect(vector.sparse == expected("T\n\nkept"))
    }

    @Test func turnedOffThereAreNone() async throws {
        let result = try await pipeline(StubProvider(), StoredPoints(), isOn: false).transform([change("queue")])
        #expect(result.messages.flatMap(\.vectors).map(\.sparse) == [nil])
    }
}
