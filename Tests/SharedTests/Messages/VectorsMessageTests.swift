import Shared
import TestSupport
import Testing

@Suite struct VectorsMessageTests {
    private let version = DocumentVersion(revision: 7, epoch: 5)

    private func message(vector: [Float] = [0.1, -2.5e-8, 3], sparse: SparseVector? = nil) -> VectorsMessage {
        let change = DocumentChange(document: .sample("a:b:1"), epoch: 5)
        let id = PointIdentity.chunk(documentID: "a:b:1", version: version, fingerprint: "f", index: 0)
        return VectorsMessage(
            fingerprint: "f", model: "hash", dimension: 3, documents: [DocumentHeader(change, chunkCount: 1)],
            vectors: [
                ChunkVector(
                    id: id, documentID: "a:b:1", index: 0, content: "본문", hash: ContentHash.hex("본문"),
                    embedHash: ContentHash.hex("x"), vector: vector, sparse: sparse)
            ])
    }

    @Test func bodyReadsBackTheSameToTheBit() throws {
        #expect(try VectorsMessage(body: message().body) == message())
    }

    @Test func sparseVectorReadsBackTheSameToTheBit() throws {
        let sparse = SparseVector(indices: [0, 7, .max], values: [0.1, -2.5e-8, 3])
        #expect(try VectorsMessage(body: message(sparse: sparse).body) == message(sparse: sparse))
        #expect(try VectorsMessage(body: message().body).vectors[0].sparse == nil)
    }

    @Test(arguments: [
        SparseVector(indices: [7, 7], values: [1, 2]), SparseVector(indices: [8, 7], values: [1, 2]),
        SparseVector(indices: [7], values: [1, 2]), SparseVector(indices: [7, 8], values: [1]),
        SparseVector(indices: [7], values: [.nan]),
    ]) func sparseVectorThatQdrantWouldRefuseIsRefused(sparse: SparseVector) {
        let body = message(sparse: sparse).body
        #expect(throws: MessageError.self) { try VectorsMessage(body: body) }
    }

    @Test(arguments: [#"{}"#, "[]", "null", #"{"indices":"AAAA","values":""}"#, #"{"indices":"","values":1}"#])
    func sparseMemberOfAnotherKindIsRefused(text: String) {
        let body = String(decoding: message(sparse: SparseVector(indices: [1], values: [1])).body, as: UTF8.self)
        let spoiled = body.replacing(#"{"indices":"AQAAAA==","values":"AACAPw=="}"#, with: text)
        #expect(spoiled != body)
        #expect(throws: MessageError.self) { try VectorsMessage(body: Array(spoiled.utf8)) }
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
