import Logging
import Shared
import TestSupport
import Testing

@testable import Loader

@Suite struct SparseFitTests {
    private let log = LogRecorder()
    private let sparse = SparseVector(indices: [1], values: [1])

    private func fit(_ steps: [ScriptedHTTP.Step]) -> (SparseFit, ScriptedHTTP) {
        let http = ScriptedHTTP(steps)
        var reader = SettingsReader.only([:])
        let client = QdrantClient(transport: http, settings: QdrantSettings(&reader), retries: .never)
        return (SparseFit(client: client, logger: log.logger), http)
    }

    private func info(_ sparse: String) -> ScriptedHTTP.Step {
        .json(#"{"result":{"config":{"params":{"vectors":{"size":1,"distance":"Cosine"}\#(sparse)}}}}"#)
    }

    private func message(_ sparse: SparseVector?) -> VectorsMessage {
        let change = DocumentChange(document: .sample("a:b:1"), epoch: 5)
        let id = PointIdentity.chunk(documentID: "a:b:1", version: change.version, fingerprint: "f", index: 0)
        return VectorsMessage(
            fingerprint: "f", model: "m", dimension: 1, documents: [DocumentHeader(change, chunkCount: 1)],
            vectors: [
                ChunkVector(
                    id: id, documentID: "a:b:1", index: 0, content: "x", hash: "h", embedHash: "e", vector: [1],
                    sparse: sparse)
            ])
    }

    @Test func aCollectionWithTheVectorTakesIt() async throws {
        let (fit, http) = fit([info(#","sparse_vectors":{"text":{"modifier":"idf"}}"#)])
        for _ in 0..<2 {
            var message = message(sparse)
            try await fit.fit(&message)
            #expect(message.vectors[0].sparse == sparse)
        }
        #expect(http.requests.count == 1)
        #expect(log.lines.isEmpty)
    }

    @Test func anOlderCollectionGetsDenseVectorsAndOneLineSaysWhatToDo() async throws {
        let (fit, http) = fit([info("")])
        for _ in 0..<2 {
            var message = message(sparse)
            try await fit.fit(&message)
            #expect(message.vectors[0].sparse == nil && message.vectors[0].vector == [1])
        }
        #expect(http.requests.count == 1)
        #expect(log.lines.count == 1 && log.lines[0].contains("loader migrate"))
    }

    @Test func messagesWithoutSparseVectorsCostNothing() async throws {
        let (fit, http) = fit([])
        var message = message(nil)
        try await fit.fit(&message)
        #expect(http.requests.isEmpty)
    }

    @Test func anAnswerThatIsLostIsAskedForAgain() async throws {
        let (fit, _) = fit([.fail(.interrupted), info("")])
        var message = message(sparse)
        await #expect(throws: QdrantError.self) { try await fit.fit(&message) }
        #expect(message.vectors[0].sparse == sparse)
        try await fit.fit(&message)
        #expect(message.vectors[0].sparse == nil)
    }
}
