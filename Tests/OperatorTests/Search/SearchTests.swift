import Embedding
import Shared
import TestSupport
import Testing

@testable import Operator

@Suite struct SearchTests {
    private let log = LogRecorder()

    /// A server whose transformers announced `sparse`, with or without the sparse vector in the collection.
    private func server(sparse: String?, hasVector: Bool) -> ScriptedHTTP {
        ScriptedHTTP(
            [],
            then: .handle { request in
                let text: String
                if request.url.hasSuffix("_registry/points") {
                    let setting = sparse.map { #""sparse":"\#($0)""# } ?? ""
                    text =
                        #"[{"id":"2ed6657d-e927-568b-95e1-2665a8aea6a2","payload":{"fingerprint":"f","model":"ngram-v1","#
                        + #""dimension":384,"settings":{\#(setting)}}}]"#
                } else if request.url.hasSuffix("/points/query") {
                    text = #"{"points":[]}"#
                } else {
                    let vectors = hasVector ? #","sparse_vectors":{"text":{"modifier":"idf"}}"# : ""
                    text = #"{"config":{"params":{"vectors":{"size":384,"distance":"Cosine"}\#(vectors)}}}"#
                }
                return HTTPResponse(status: 200, body: Array(#"{"result":\#(text)}"#.utf8))
            })
    }

    private func search(_ server: ScriptedHTTP, isOn: Bool = true, provider: any EmbeddingProvider = HashProvider())
        -> Search
    {
        var reader = SettingsReader.only([:])
        return Search(
            client: QdrantClient(transport: server, settings: QdrantSettings(&reader), retries: .never),
            provider: provider,
            sparse: SparseSettings(isOn: isOn), logger: log.logger)
    }

    private func query(_ server: ScriptedHTTP) throws -> JSONElement {
        let request = try #require(server.requests.last { $0.url.hasSuffix("/points/query") })
        return try JSONElement(parsing: request.body ?? [])
    }

    @Test func bothAreFusedWithTheWeightsOfTheQuestion() async throws {
        let server = server(sparse: SparseEncoder.method, hasVector: true)
        _ = try await search(server).hits(for: "roll back", by: .both, source: "jira", limit: 40)
        let sent = try query(server)
        let branches = try #require(sent["prefetch"]?.array.map { Array($0) })
        #expect(branches.count == 2)
        #expect(branches.allSatisfy { $0["limit"]?.int == 80 && $0["filter"]?.isObject == true })
        #expect(branches[0]["query"]?.isArray == true && branches[1]["using"]?.string == "text")
        let weights = try #require(sent["query"]?["rrf"]?["weights"]?.floats(limit: 2))
        // The provider of this test goes by spelling.
        #expect(weights.count == 2 && abs(weights[0] - 0.1) < 1e-6 && weights[1] == 1)
        #expect(log.lines.isEmpty)
    }

    @Test func wordsNeedNoModel() async throws {
        struct NoProvider: EmbeddingProvider {
            // That no model is asked is what is tested: whoever asks ends the tests.
            var descriptor: EmbeddingDescriptor { fatalError("not asked") }
            func prepare() async throws(EmbeddingError) -> EmbeddingDescriptor {
                throw EmbeddingError(.unreachable, "")
            }
            func embed(_: [String], purpose: EmbeddingPurpose) async throws(EmbeddingError) -> EmbeddingMatrix {
                throw EmbeddingError(.unreachable, "")
            }
        }
        let server = server(sparse: SparseEncoder.method, hasVector: true)
        let search = search(server, isOn: false, provider: NoProvider())
        _ = try await search.hits(for: "OPS-123", by: .words, source: nil, limit: 5)
        #expect(try query(server)["using"]?.string == "text")
        let before = server.requests.count
        #expect(try await search.hits(for: "what is it", by: .words, source: nil, limit: 5).isEmpty)
        #expect(!server.requests[before...].contains { $0.url.hasSuffix("/points/query") })
    }

    @Test func aQuestionOfFunctionWordsGoesByMeaning() async throws {
        let server = server(sparse: SparseEncoder.method, hasVector: true)
        _ = try await search(server).hits(for: "what is it", by: .both, source: nil, limit: 5)
        #expect(try query(server)["query"]?.isArray == true)
    }

    @Test func theSettingTurnsWordsOff() async throws {
        let server = server(sparse: SparseEncoder.method, hasVector: true)
        _ = try await search(server, isOn: false).hits(for: "roll back", by: .both, source: nil, limit: 5)
        #expect(try query(server)["query"]?.isArray == true)
        #expect(log.lines.isEmpty)
    }

    @Test(arguments: [
        (PipelineFingerprint.noSparse as String?, true, "OHRA_SPARSE=true"), (nil, true, "OHRA_SPARSE=true"),
        (SparseEncoder.method, false, "loader migrate"),
    ]) func whereThereAreNoSparseVectorsItSaysSo(sparse: String?, hasVector: Bool, advice: String) async throws {
        let server = server(sparse: sparse, hasVector: hasVector)
        _ = try await search(server).hits(for: "roll back", by: .both, source: nil, limit: 5)
        #expect(try query(server)["query"]?.isArray == true)
        #expect(log.lines.count == 1 && log.lines[0].contains(advice))
        let error = await #expect(throws: SettingsError.self) {
            try await search(server).hits(for: "roll back", by: .words, source: nil, limit: 5)
        }
        #expect(error?.description.contains(advice) == true)
    }

    @Test(arguments: [SearchMode.both, .words]) func termsOfAnotherMethodAreASettingsFault(mode: SearchMode) async {
        let server = server(sparse: "bm25-v9", hasVector: true)
        let error = await #expect(throws: SettingsError.self) {
            try await search(server).hits(for: "roll back", by: mode, source: nil, limit: 5)
        }
        #expect(error?.description.contains("bm25-v9") == true)
    }

    @Test func anotherModelIsASettingsFault() async {
        let server = server(sparse: SparseEncoder.method, hasVector: true)
        await #expect(throws: SettingsError.self) {
            try await search(server, provider: HashProvider(dimension: 8))
                .hits(for: "roll back", by: .meaning, source: nil, limit: 5)
        }
    }
}
