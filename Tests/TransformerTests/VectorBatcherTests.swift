import Shared
import TestSupport
import Testing

@testable import Transformer

@Suite struct VectorBatcherTests {
    private let batcher = VectorBatcher(fingerprint: "f", model: "m", dimension: 1)

    private func entry(_ id: String, _ count: Int, isDeleted: Bool = false) -> VectorBatcher.Entry {
        let change = DocumentChange(document: .sample(id), epoch: 1, isDeleted: isDeleted)
        return VectorBatcher.Entry(
            header: DocumentHeader(change, chunkCount: count),
            vectors: (0..<count).map { index in
                ChunkVector(
                    id: PointIdentity.chunk(documentID: id, version: change.version, fingerprint: "f", index: index),
                    documentID: id, index: index, content: "", hash: "", embedHash: "", vector: [1])
            })
    }

    @Test func fiveVectorsAMessageAcrossDocumentsAndTheRestLast() {
        let messages = batcher.messages([entry("a", 3), entry("b", 9), entry("c", 1)])
        #expect(messages.map(\.vectors.count) == [5, 5, 3])
        #expect(messages.map { $0.documents.map(\.id) } == [["a", "b"], ["b"], ["b", "c"]])
        #expect(messages.flatMap(\.vectors).map(\.documentID) == Array("aaabbbbbbbbbc").map { String($0) })
    }

    @Test func documentsWithoutVectorsRideOnTheLastMessage() {
        let messages = batcher.messages([entry("gone", 0, isDeleted: true), entry("a", 5)])
        #expect(messages.map(\.vectors.count) == [5, 0])
        #expect(messages.map { $0.documents.map(\.id) } == [["a"], ["gone"]])
        #expect(batcher.messages([entry("gone", 0, isDeleted: true)]).map(\.documents.count) == [1])
    }

    @Test func nothingGivesNoMessage() { #expect(batcher.messages([]).isEmpty) }
}
