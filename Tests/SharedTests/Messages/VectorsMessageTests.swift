import Shared
import TestSupport
import Testing

@Suite struct VectorsMessageTests {
    private let version = DocumentVersion(revision: 7, epoch: 5)

    private func message(vector: [Float] = [0.1, -2.5e-8, 3]) -> VectorsMessage {
        let change = DocumentChange(document: .sample("a:b:1"), epoch: 5)
        let id = PointIdentity.chunk(documentID: "a:b:1", version: version, fingerprint: "f", index: 0)
        return VectorsMessage(
            fingerprint: "f", model: "hash", dimension: 3, documents: [DocumentHeader(change, chunkCount: 1)],
            vectors: [
                ChunkVector(
                    id: id, documentID: "a:b:1", index: 0, content: "본문", hash: ContentHash.hex("본문"),
                    embedHash: ContentHash.hex("x"), vector: vector)
            ])
    }

    @Test func bodyReadsBackTheSameToTheBit() throws {
        #expect(try VectorsMessage(body: message().body) == message())
    }

    @Test(arguments: [[Float.nan, 1, 2], [Float.infinity, 1, 2], [1, 2], []])
    func vectorOfWrongSizeOrNotFiniteIsRefused(vector: [Float]) {
        let body = message(vector: vector).body
        #expect(throws: MessageError.self) { try VectorsMessage(body: body) }
    }

    @Test func vectorWithoutHeaderIsRefused() {
        var orphan = message()
        orphan.documents = []
        let body = orphan.body
        #expect(throws: MessageError.self) { try VectorsMessage(body: body) }
    }

    @Test func pointIDIsStableForEver() {
        // Stored ids depend on it: this text must never change. Python: uuid5(namespace, "\x1f".join(fields)).
        #expect(message().vectors[0].id.description == "e643208c-bdb4-59b2-8619-c4aae8b33dc1")
    }

    @Test func everyFieldChangesThePointID() {
        func id(_ document: String, _ revision: Int, _ epoch: Int, _ fingerprint: String, _ index: Int) -> PointID {
            PointIdentity.chunk(
                documentID: document, version: DocumentVersion(revision: revision, epoch: epoch),
                fingerprint: fingerprint, index: index)
        }
        let ids = [
            id("a", 1, 1, "f", 0), id("b", 1, 1, "f", 0), id("a", 2, 1, "f", 0), id("a", 1, 2, "f", 0),
            id("a", 1, 1, "g", 0), id("a", 1, 1, "f", 1), id("a", 11, 1, "f", 0), id("a", 1, 11, "f", 0),
        ]
        #expect(Set(ids).count == ids.count)
    }
}
