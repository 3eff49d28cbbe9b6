import Shared
import Testing

@testable import Embedding

@Suite struct OpenAIRetryTests {
    private let clock = InstantClock()

    private func provider(_ transport: ScriptedTransport) throws -> OpenAIProvider {
        var options = OpenAIOptions(
            url: try ServiceURL("http://tei", schemes: ["http"]), model: "m", apiKey: Secret("sk-secret"))
        options.linger = .zero
        return OpenAIProvider(options, transport: transport, clock: clock, random: { 1 })
    }

    private func failure(_ answer: @escaping ScriptedTransport.Answer) async throws -> (EmbeddingError, requests: Int) {
        let transport = ScriptedTransport(answer)
        let provider = try provider(transport)
        let error = await #expect(throws: EmbeddingError.self) {
            try await provider.embed(["confidential words"], purpose: .document)
        }
        return (try #require(error), transport.requests.count)
    }

    @Test(arguments: [408, 409, 424, 429, 500, 502, 503]) func passingFaultIsTriedAgain(status: Int) async throws {
        let transport = ScriptedTransport { request, number in
            number < 4 ? HTTPResponse(status: status) : .vectors(for: request)
        }
        #expect(try await provider(transport).embed(["a"], purpose: .document).count == 1)
        #expect(clock.sleeps == [.milliseconds(500), .seconds(1), .seconds(2)])
    }

    @Test func attemptsEndAndTheErrorStaysRetriable() async throws {
        let (error, requests) = try await failure { _, _ in HTTPResponse(status: 503) }
        #expect(error.code == .serverFault && error.isRetriable && !error.isFatal && error.status == 503)
        #expect(requests == 4)
    }

    @Test func brokenConnectionIsTriedAgain() async throws {
        let transport = ScriptedTransport { request, number throws(HTTPError) in
            if number == 1 { throw HTTPError(.interrupted, endpoint: "tei:80", message: "connection reset") }
            return .vectors(for: request)
        }
        #expect(try await provider(transport).embed(["a"], purpose: .document).count == 1)
        #expect(clock.sleeps.count == 1)
    }

    @Test func refusedCertificateIsNot() async throws {
        let (error, requests) = try await failure { _, _ throws(HTTPError) in
            throw HTTPError(.tls, endpoint: "tei:443", message: "certificate has expired")
        }
        #expect(error.code == .unreachable && !error.isRetriable && error.isFatal && requests == 1)
    }

    @Test func retryAfterIsObeyed() async throws {
        let transport = ScriptedTransport { request, number in
            number == 1 ? HTTPResponse(status: 429, headers: [("retry-after", "7")]) : .vectors(for: request)
        }
        #expect(try await provider(transport).embed(["a"], purpose: .document).count == 1)
        #expect(clock.sleeps == [.seconds(7)])
    }

    @Test func millisecondsOfRetryAfterComeFirst() async throws {
        let headers = [(name: "retry-after", value: "9"), (name: "retry-after-ms", value: "250")]
        let transport = ScriptedTransport { request, number in
            number == 1 ? HTTPResponse(status: 429, headers: headers) : .vectors(for: request)
        }
        #expect(try await provider(transport).embed(["a"], purpose: .document).count == 1)
        #expect(clock.sleeps == [.milliseconds(250)])
    }

    @Test func invalidVectorIsAskedForAgainAndThenNamed() async throws {
        let transport = ScriptedTransport { request, number in
            number == 1 ? .vectors(for: request) : .json(200, #"{"data":[{"index":0,"embedding":[0,0,0,0]}]}"#)
        }
        let provider = try provider(transport)
        let error = await #expect(throws: EmbeddingError.self) { try await provider.embed(["a"], purpose: .document) }
        #expect(error?.code == .invalidVector && error?.culprit == 0 && error?.isRetriable == false)
        #expect(transport.requests.count == 5)
    }

    @Test func longRetryAfterIsHandedOnInsteadOfWaited() async throws {
        let (error, requests) = try await failure { _, _ in HTTPResponse(status: 429, headers: [("retry-after", "300")])
        }
        #expect(error.code == .rateLimited && error.isRetriable && error.retryAfter == .seconds(300))
        #expect(requests == 1)
    }

    @Test(arguments: [401, 403]) func refusedKeyIsFatalAtOnce(status: Int) async throws {
        let (error, requests) = try await failure { _, _ in
            .json(status, #"{"error":{"message":"Incorrect API key provided: sk-secret","code":"invalid_api_key"}}"#)
        }
        #expect(error.code == .credentials && error.isFatal && !error.isRetriable && requests == 1)
        #expect(error.description.contains("OHRA_EMBEDDING_API_KEY") && error.description.contains("invalid_api_key"))
        #expect(!String(reflecting: error).contains("sk-secret"))
    }

    @Test func exhaustedQuotaIsNoRateLimit() async throws {
        let (error, requests) = try await failure { _, _ in
            .json(429, #"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#)
        }
        #expect(error.code == .quotaExhausted && !error.isRetriable && requests == 1)
    }

    @Test func missingModelIsFatal() async throws {
        let (error, _) = try await failure { _, _ in
            .json(404, #"{"error":"model \"m\" not found, try pulling it first"}"#)
        }
        #expect(error.code == .notFound && error.isFatal)
    }

    @Test func wordsOfServerAndDocumentStayOutOfTheError() async throws {
        let transport = ScriptedTransport { request, number in
            number == 1
                ? .vectors(for: request)
                : .json(
                    422,
                    #"{"message":"cannot tokenize 'confidential words'","code":"confidential words","type":"Tokenizer"}"#
                )
        }
        let provider = try provider(transport)
        let error = await #expect(throws: EmbeddingError.self) {
            try await provider.embed(["confidential words"], purpose: .document)
        }
        #expect(error?.code == .rejected && error?.culprit == 0)
        #expect(!String(reflecting: error).contains("confidential") && !String(reflecting: error).contains("sk-secret"))
    }

    @Test func cancellationEndsTheWaiting() async throws {
        let provider = try provider(ScriptedTransport { _, _ in HTTPResponse(status: 503) })
        let task = Task { () async throws(EmbeddingError) -> EmbeddingMatrix in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await provider.embed(["a"], purpose: .document)
        }
        let error = await #expect(throws: EmbeddingError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }
}
