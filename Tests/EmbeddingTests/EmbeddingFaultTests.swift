import Shared
import Testing

@testable import Embedding

/// What a server can do wrong, over real sockets: nothing is lost, nothing wrong comes out.
@Suite(.timeLimit(.minutes(1))) struct EmbeddingFaultTests {
    typealias Fault = FaultyEmbeddingServer.Fault

    private let clock = InstantClock()
    private let texts = ["a", "bb", "ccc"]

    private func expectRight(_ results: [Result<[Float], EmbeddingError>], _ texts: [String]) throws {
        #expect(results.count == texts.count)
        for (result, text) in zip(results, texts) {
            let vector = try result.get()
            let right = FaultyEmbeddingServer.vector(of: text)
            #expect(abs(vector[0] / vector[1] - right[0]) < 1e-4, "\(text)")
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        }
    }

    static let passing: [(name: String, fault: Fault)] = [
        ("429", .status(429)), ("500", .status(500, body: "<html>oops</html>")), ("503", .status(503)),
        ("reset", .reset), ("slow", .slow), ("truncated JSON", .truncated), ("no JSON", .status(200, body: "OK")),
        ("fewer items", .items { Array($0.dropLast()) }), ("no items", .items { _ in [] }),
        ("more items", .items { $0 + [FaultyEmbeddingServer.item(3, [1, 1, 1])] }),
        ("duplicate items", .items { items in items.map { _ in items[0] } }),
        ("index out of range", .items { Array($0.dropLast()) + [FaultyEmbeddingServer.item(7, [1, 1, 1])] }),
        ("wrong dimension", .vector([1, 2])), ("NaN", .vector([1, .nan, 1])), ("infinity", .vector([1, .infinity, 1])),
        ("zero vector", .vector([0, 0, 0])), ("empty vector", .vector([])),
        (
            "one bad vector",
            .items { items in
                items.indices.map { $0 == items.count / 2 ? FaultyEmbeddingServer.item($0, [0, 0, 0]) : items[$0] }
            }
        ),
    ]

    @Test(arguments: passing.indices) func passingFaultHeals(number: Int) async throws {
        let (name, fault) = Self.passing[number]
        let server = try FaultyEmbeddingServer([fault, fault])
        let provider = try server.provider(clock: clock) {
            // Only the server that never answers needs it.
            $0.server.deadline = name == "slow" ? .milliseconds(300) : .seconds(30)
        }
        try expectRight(try await provider.embedEach(texts, purpose: .document), texts)
        #expect(server.requests.count == 3, "\(name)")
        #expect(clock.sleeps.count == 2, "\(name)")
    }

    @Test func reorderedItemsAreRightAtOnce() async throws {
        let server = try FaultyEmbeddingServer([.items { $0.reversed() }])
        let provider = try server.provider(clock: clock)
        try expectRight(try await provider.embedEach(texts, purpose: .document), texts)
        #expect(server.requests.count == 1 && clock.sleeps.isEmpty)
    }

    static let inAnHour = "Wed, 01 Jan 2200 00:00:00 GMT"

    @Test(
        arguments: [
            (["Retry-After: 2"], Duration.seconds(2)), (["retry-after: 0"], .zero),
            (["Retry-After: 1.5"], .seconds(1.5)),
            (["Retry-After: Thu, 01 Jan 2026 00:00:00 GMT"], .zero), (["Retry-After-Ms: 250"], .milliseconds(250)),
            (["Retry-After: 20", "retry-after-ms: 40"], .milliseconds(40)), (["Retry-After: soon"], .milliseconds(500)),
            (["Retry-After: -3"], .zero),
        ] as [([String], Duration)])
    func everyFormOfRetryAfterIsKept(headers: [String], pause: Duration) async throws {
        let server = try FaultyEmbeddingServer([.status(429, headers: headers)])
        let provider = try server.provider(clock: clock)
        try expectRight(try await provider.embedEach(texts, purpose: .document), texts)
        #expect(clock.sleeps == [pause])
    }

    @Test(arguments: ["Retry-After: 301", "Retry-After: \(inAnHour)"])
    func longWaitIsTheCallersAffair(header: String) async throws {
        let server = try FaultyEmbeddingServer([.status(429, headers: [header])])
        let provider = try server.provider(clock: clock)
        let error = await #expect(throws: EmbeddingError.self) {
            try await provider.embedEach(texts, purpose: .document)
        }
        #expect(error?.code == .rateLimited && error?.isRetriable == true && server.requests.count == 1)
    }

    @Test func otherModelBehindTheNameIsFatalAndGivesNothing() async throws {
        let server = try FaultyEmbeddingServer([.model("another")])
        let provider = try server.provider(clock: clock)
        let error = await #expect(throws: EmbeddingError.self) {
            try await provider.embedEach(texts, purpose: .document)
        }
        #expect(error?.code == .modelChanged && error?.isFatal == true && error?.isRejection == false)
        #expect(error?.description.contains("'another'") == true)
    }

    @Test func otherDimensionForGoodIsFatalAndNoTextsFault() async throws {
        let server = try FaultyEmbeddingServer([], always: ("", .vector([1, 2, 3, 4])))
        let provider = try server.provider(clock: clock)
        let error = await #expect(throws: EmbeddingError.self) {
            try await provider.embedEach(texts, purpose: .document)
        }
        #expect(error?.code == .wrongDimension && error?.isFatal == true && server.requests.count == 4)
    }

    static let lasting: [(name: String, fault: Fault)] = [
        ("truncated JSON", .truncated), ("NaN without base64", .status(200, body: #"{"data":[{"embedding":[NaN]}]}"#)),
        ("fewer items", .items { Array($0.dropLast()) }), ("zero", .vector([0, 0, 0])), ("422", .status(422)),
        ("400", .status(400)), ("413", .status(413)),
    ]

    /// A text that a server cannot do is found, whatever the server does about it; its neighbours get their vectors.
    @Test(arguments: lasting.indices) func oneTextsFaultIsItsOwn(number: Int) async throws {
        let (name, fault) = Self.lasting[number]
        let server = try FaultyEmbeddingServer([], always: ("poison", fault))
        let provider = try server.provider(clock: clock)
        let texts = (0..<12).map { $0 == 7 ? "poison" : String(repeating: "x", count: $0 + 1) }
        var results = try await provider.embedEach(texts, purpose: .document)
        let error = #expect(throws: EmbeddingError.self) { try results[7].get() }
        #expect(error?.isRejection == true && error?.culprit == 7, "\(name)")
        results.remove(at: 7)
        try expectRight(results, texts.filter { $0 != "poison" })
        #expect(server.requests.count < 40, "\(name)")
    }

    static let tooLarge: [(name: String, fault: Fault)] = [
        (
            "TEI",
            .status(422, body: #"{"error":"batch size 8 > maximum allowed batch size 2","error_type":"Validation"}"#)
        ),
        ("older TEI", .status(413, body: #"{"message":"batch size 8 > maximum allowed batch size 2","code":413}"#)),
        ("proxy", .status(413, body: "<html>413 Request Entity Too Large</html>")),
        (
            "OpenAI",
            .status(
                400,
                body:
                    #"{"error":{"message":"max 300000","type":"max_tokens_per_request","code":"max_tokens_per_request"}}"#
            )
        ),
    ]

    @Test(arguments: tooLarge.indices) func refusedSizeIsHalvedAndLearned(number: Int) async throws {
        let (name, fault) = Self.tooLarge[number]
        let server = try FaultyEmbeddingServer([fault])
        let provider = try server.provider(clock: clock)
        let texts = (0..<8).map { _ in "eight" }
        try expectRight(try await provider.embedEach(texts, purpose: .document), texts)
        try expectRight(try await provider.embedEach(texts, purpose: .document), texts)
        #expect(server.requests.map(\.count) == [8, 4, 4, 4, 4], "\(name)")
        #expect(clock.sleeps.isEmpty)
    }
}
