import Shared
import Testing

@testable import Embedding

@Suite struct OpenAIProviderTests {
    private let clock = InstantClock()

    private func provider(
        _ transport: ScriptedTransport, url: String = "http://tei:8080", dimension: Int? = nil,
        _ change: (inout OpenAIOptions) -> Void = { _ in }
    ) throws -> OpenAIProvider {
        var options = OpenAIOptions(
            url: try ServiceURL(url, schemes: ["http", "https"]), model: "bge-m3", apiKey: Secret("sk-secret"),
            dimension: dimension)
        options.linger = .zero
        change(&options)
        return OpenAIProvider(options, transport: transport, clock: clock, random: { 1 })
    }

    @Test(arguments: [
        ("http://tei:8080", "http://tei:8080/v1/embeddings"), ("http://tei:8080/v1/", "http://tei:8080/v1/embeddings"),
        ("https://api.vendor.com/api/v3", "https://api.vendor.com/api/v3/embeddings"),
        ("https://x/v1beta/openai/embeddings", "https://x/v1beta/openai/embeddings"),
        ("https://x/proxy", "https://x/proxy/v1/embeddings"),
    ])
    func urlIsAcceptedWithAndWithoutVersion(url: String, endpoint: String) async throws {
        let transport = ScriptedTransport { request, _ in .vectors(for: request) }
        try await provider(transport, url: url).prepare()
        #expect(transport.requests.map(\.request.url) == [endpoint])
        #expect(transport.requests[0].authorization == "Bearer sk-secret")
        #expect(transport.requests[0].asksForBase64)
    }

    @Test func prepareFindsTheDimension() async throws {
        let provider = try provider(ScriptedTransport { request, _ in .vectors(for: request, dimension: 6) })
        #expect(provider.descriptor.dimension == 0)
        #expect(try await provider.prepare().dimension == 6)
        #expect(provider.descriptor.dimension == 6 && provider.descriptor.model == "bge-m3 (m)")
    }

    @Test func vectorsComeInTheOrderOfIndexAndHaveLengthOne() async throws {
        let transport = ScriptedTransport { request, _ in .vectors(for: request, reversed: true) }
        let matrix = try await provider(transport).embed(["aaa", "a"], purpose: .document)
        #expect(matrix.count == 2 && matrix.dimension == 4)
        #expect(abs(matrix[0].first! - 3 / Float(12).squareRoot()) < 1e-6)
        #expect(abs(matrix[1].first! - 0.5) < 1e-6)
    }

    @Test func serverThatRefusesBase64IsAskedForNumbers() async throws {
        let transport = ScriptedTransport { request, _ in
            request.asksForBase64
                ? .json(400, #"{"error":{"message":"unknown encoding_format"}}"#) : .vectors(for: request)
        }
        let provider = try provider(transport)
        #expect(try await provider.embed(["a"], purpose: .query).count == 1)
        #expect(transport.requests.map(\.asksForBase64) == [true, false, false])
    }

    @Test func dimensionsAreSentOnlyWhenTheModelGivesOthers() async throws {
        let transport = ScriptedTransport { request, _ in .vectors(for: request, dimension: request.dimensions ?? 8) }
        #expect(try await provider(transport, dimension: 8).prepare().dimension == 8)
        #expect(transport.requests.map(\.dimensions) == [nil])
        let shortened = try provider(transport, dimension: 4)
        #expect(try await shortened.embed(["a"], purpose: .query).dimension == 4)
        #expect(transport.requests.map(\.dimensions) == [nil, nil, 4, 4])
    }

    @Test func modelOfAnotherDimensionIsFatal() async throws {
        let transport = ScriptedTransport { request, _ in
            request.dimensions == nil ? .vectors(for: request) : .json(400, #"{"message":"not matryoshka","code":400}"#)
        }
        let error = await #expect(throws: EmbeddingError.self) {
            try await provider(transport, dimension: 384).prepare()
        }
        #expect(error?.code == .wrongDimension && error?.isFatal == true)
        #expect(error?.description.contains("OHRA_EMBEDDING_DIMENSION says 384") == true)
    }

    @Test func requestsStayUnderAllCaps() async throws {
        let transport = ScriptedTransport { request, _ in .vectors(for: request) }
        let provider = try provider(transport) {
            $0.server.maximumInputsPerRequest = 3
            $0.maximumBytesPerRequest = 10
            $0.server.maximumTokensPerRequest = 6
        }
        let texts = ["aa", "aa", "aa", "aa", "aaaaaaaaaaaaaaaa", "aaaaaaaa", "aaa", "1 2", "3 4 5"]
        #expect(try await provider.embed(texts, purpose: .document).count == 9)
        #expect(
            Set(transport.requests.dropFirst().map(\.texts))
                == Set([
                    ["aa", "aa", "aa"], ["aa"], ["aaaaaaaaaaaaaaaa"], ["aaaaaaaa"], ["aaa", "1 2"], ["3 4 5"],
                ]))
    }

    @Test func noTextsMeanNoRequest() async throws {
        let transport = ScriptedTransport { request, _ in .vectors(for: request) }
        let provider = try provider(transport)
        try await provider.prepare()
        #expect(try await provider.embed([], purpose: .document).isEmpty)
        #expect(transport.requests.count == 1)
    }

    @Test func emptyTextIsRefusedAloneAndNotSent() async throws {
        let transport = ScriptedTransport { request, _ in .vectors(for: request) }
        let provider = try provider(transport) { $0.documentPrefix = "passage: " }
        let results = try await provider.embedEach(["a", "", "b"], purpose: .document)
        #expect(results.map { (try? $0.get()) != nil } == [true, false, true])
        let error = await #expect(throws: EmbeddingError.self) {
            try await provider.embed(["a", ""], purpose: .document)
        }
        #expect(error?.code == .emptyInput && error?.culprit == 1)
        #expect(transport.requests.allSatisfy { !$0.texts.contains("passage: ") })
    }

    @Test func culpritIsFoundByHalving() async throws {
        let transport = ScriptedTransport { request, _ in
            request.texts.contains("bad")
                ? .json(400, #"{"error":{"message":"maximum context length is 8192","type":"invalid_request_error"}}"#)
                : .vectors(for: request)
        }
        var texts = (0..<32).map { "text \($0)" }
        texts[21] = "bad"
        let error = await #expect(throws: EmbeddingError.self) {
            try await provider(transport).embed(texts, purpose: .document)
        }
        #expect(error?.code == .inputTooLong && error?.culprit == 21 && error?.isRetriable == false)
        #expect(transport.requests.count <= 2 + 2 * 5)
        #expect(clock.sleeps.isEmpty)
        let results = try await provider(transport).embedEach(texts, purpose: .document)
        #expect(results.indices.filter { (try? results[$0].get()) == nil } == [21])
    }

    @Test func smallerBatchesAreLearnedFromARefusal() async throws {
        let transport = ScriptedTransport { request, _ in
            request.texts.count > 32
                ? .json(422, #"{"message":"batch size 64 > maximum allowed batch size 32","type":"Validation"}"#)
                : .vectors(for: request)
        }
        let provider = try provider(transport)
        let texts = (0..<64).map { "text \($0)" }
        #expect(try await provider.embed(texts, purpose: .document).count == 64)
        #expect(transport.requests.map(\.texts.count) == [1, 64, 32, 32])
        #expect(try await provider.embed(texts, purpose: .document).count == 64)
        #expect(transport.requests.dropFirst(4).map(\.texts.count) == [32, 32])
    }

    @Test func limitsOfTextEmbeddingsInferenceAreRead() async throws {
        let info = HTTPResponse.json(
            200, #"{"model_id":"e5","max_input_length":512,"max_client_batch_size":8,"max_concurrent_requests":512}"#)
        let transport = ScriptedTransport(info: info) { request, _ in .vectors(for: request) }
        let provider = try provider(transport) { $0.documentPrefix = "passage: " }
        #expect(try await provider.prepare().maximumInputsPerRequest == 8)
        // 512 without what the model adds and "passage: ".
        #expect(provider.tokenCounter?.maximumTokens == 512 - 4 - 4)
        #expect(try await provider.embed((0..<20).map { "text \($0)" }, purpose: .document).count == 20)
        #expect(transport.requests.dropFirst().allSatisfy { $0.texts.count <= 8 })
        #expect(transport.requests.dropFirst().allSatisfy { $0.texts.allSatisfy { $0.hasPrefix("passage: text") } })
    }

    @Test func whatIsSetGoesBeforeWhatTheServerSays() async throws {
        let info = HTTPResponse.json(200, #"{"max_input_length":512,"max_client_batch_size":32}"#)
        let provider = try provider(ScriptedTransport(info: info) { request, _ in .vectors(for: request) }) {
            $0.server.maximumTokens = 128
            $0.server.maximumInputsPerRequest = 10
        }
        #expect(try await provider.prepare().maximumInputsPerRequest == 10)
        #expect(provider.tokenCounter?.maximumTokens == 128 - 4)
    }

    @Test func serverThatHangsOnItsLimitsIsUsableOnceTheLimitIsSet() async throws {
        let transport = ScriptedTransport(info: nil) { request, _ in .vectors(for: request) }
        let error = await #expect(throws: EmbeddingError.self) { try await provider(transport).prepare() }
        #expect(error?.code == .unreachable)
        let prepared = try provider(transport) { $0.server.maximumTokens = 512 }
        try await prepared.prepare()
        #expect(prepared.tokenCounter?.maximumTokens == 512 - 4)
    }

    @Test func otherServersHaveNoKnownLimit() async throws {
        let provider = try provider(ScriptedTransport(info: .json(200, "{}")) { request, _ in .vectors(for: request) })
        try await provider.prepare()
        #expect(provider.tokenCounter == nil && provider.descriptor.maximumInputsPerRequest == 64)
    }

    /// A name alone does not say what a vector is of; whatever else decides it must tell two pipelines apart.
    @Test func identityHoldsEchoPrefixesAndLimit() async throws {
        func name(_ change: (inout OpenAIOptions) -> Void = { _ in }) async throws -> String {
            try await provider(
                ScriptedTransport { request, _ in .vectors(for: request) }, url: "http://tei:8080", change
            )
            .prepare().model
        }
        let plain = try await name()
        #expect(plain == "bge-m3 (m)")
        #expect(try await name { $0.model = "m" } == "m")
        var names = [plain]
        names.append(try await name { $0.documentPrefix = "passage: " })
        names.append(try await name { $0.queryPrefix = "passage: " })
        names.append(try await name { $0.server.maximumTokens = 512 })
        #expect(Set(names).count == 4)
    }

    @Test(
        arguments: [
            ("https://x.openai.azure.com", nil, "https://x.openai.azure.com/openai/v1/embeddings"),
            (
                "https://x.openai.azure.com", "2024-10-21",
                "https://x.openai.azure.com/openai/deployments/bge-m3/embeddings?api-version=2024-10-21"
            ),
            (
                "https://proxy.example/openai/deployments/my%20model", "2024-10-21",
                "https://proxy.example/openai/deployments/my%20model/embeddings?api-version=2024-10-21"
            ),
        ] as [(String, String?, String)])
    func azureHasItsOwnPathsAndKeyHeader(url: String, version: String?, endpoint: String) async throws {
        let transport = ScriptedTransport { request, _ in .vectors(for: request) }
        try await provider(transport, url: url) { $0.server.apiVersion = version }.prepare()
        #expect(transport.requests.map(\.request.url) == [endpoint])
        let headers = transport.requests[0].request.headers
        #expect(headers.contains { $0.name == "api-key" && $0.value == "sk-secret" })
        #expect(transport.requests[0].authorization == nil)
    }

    @Test func authenticationCanBeChosen() async throws {
        let transport = ScriptedTransport { request, _ in .vectors(for: request) }
        try await provider(transport, url: "https://x.openai.azure.com") { $0.server.authentication = .bearer }
            .prepare()
        try await provider(transport) { $0.server.authentication = .apiKey }.prepare()
        #expect(transport.requests.map(\.authorization) == ["Bearer sk-secret", nil])
    }
}
