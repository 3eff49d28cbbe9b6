import Shared
import Testing

@testable import Embedding

/// The real model against sentence-transformers. `make model` (part of `make test`) fetches it.
@Suite struct MiniLMTests {
    private static let golden = Result { try GoldenText.read("minilm.json") }
    /// All chunks of the sample company.
    private static let corpus = Result { try GoldenText.read("minilm_corpus.json") }

    /// Read once for all tests; provider and model may be shared by any number of tasks.
    private static let providers = Dictionary(
        uniqueKeysWithValues: EmbeddingSettings.Precision.allCases.map {
            ($0, LocalProvider(LocalOptions(precision: $0, threads: 2)))
        })

    private func provider(_ precision: EmbeddingSettings.Precision) throws -> LocalProvider {
        try #require(Self.providers[precision])
    }

    @Test func tokensAreThoseOfTheReference() throws {
        let golden = try Self.golden.get(), corpus = try Self.corpus.get()
        #expect(golden.count >= 50 && corpus.count >= 250)
        let model = try provider(.fp32).model()
        for item in golden + corpus {
            #expect(model.sequence(item.text, purpose: .document) == item.ids, "\(item.text.debugDescription)")
        }
    }

    @Test(arguments: [
        (EmbeddingSettings.Precision.fp32, 0.99999, 0.999999), (.bf16, 0.9999, 0.9999), (.int8, 0.98, 0.994),
    ])
    func vectorsAreThoseOfTheReference(
        precision: EmbeddingSettings.Precision, least: Double, mean: Double
    ) async throws {
        let golden = try Self.golden.get() + Self.corpus.get()
        let vectors = try await provider(precision).embed(golden.map(\.text), purpose: .document)
        let cosines = zip(vectors, golden).map { cosine($0, $1.vector) }
        let average = cosines.reduce(0, +) / Double(cosines.count)
        print("MiniLM \(precision): \(golden.count) texts, least cosine \(cosines.min() ?? 0), mean \(average)")
        #expect(cosines.count == golden.count)
        #expect(cosines.min() ?? 0 >= least)
        #expect(average >= mean)
    }

    @Test func vectorDoesNotDependOnItsNeighbours() async throws {
        let texts = try Self.golden.get().map(\.text)
        let provider = try provider(.fp32)
        let together = try await provider.embed(texts, purpose: .document)
        for (index, text) in texts.enumerated().prefix(12) {
            let alone = try await provider.embed([text], purpose: .document)[0]
            #expect(cosine(alone, together[index]) > 0.999_999)
        }
    }

    @Test func manyCallsAtOnceGiveEachItsOwn() async throws {
        let golden = try Self.golden.get()
        let provider = try provider(.fp32)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<4 {
                group.addTask {
                    let part = Array(golden.dropFirst(round))
                    let vectors = try await provider.embed(part.map(\.text), purpose: .query)
                    for (vector, item) in zip(vectors, part) { #expect(cosine(vector, item.vector) > 0.99999) }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func vectorsHaveLengthOne() async throws {
        let vectors = try await provider(.int8).embed(["", "short", "냉동 창고"], purpose: .document)
        for vector in vectors {
            let length = vector.reduce(0) { $0 + $1 * $1 }
            #expect(abs(length - 1) < 1e-5)
        }
    }

    @Test func nothingToEmbedGivesNothing() async throws {
        #expect(try await provider(.fp32).embed([], purpose: .document).isEmpty)
    }

    @Test func nameHoldsModelDigestAndPrecision() async throws {
        let descriptor = try await provider(.int8).prepare()
        #expect(descriptor.model.wholeMatch(of: /all-MiniLM-L6-v2@[0-9a-f]{8}:int8(w7)?/) != nil)
        #expect(descriptor.dimension == 384 && descriptor.provider == "local")
    }
}
