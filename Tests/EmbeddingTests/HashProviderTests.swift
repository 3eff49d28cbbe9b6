import Testing

@testable import Embedding

@Suite struct HashProviderTests {
    private func vector(_ text: String, dimension: Int = 384) async throws -> [Float] {
        Array(try await HashProvider(dimension: dimension).embed([text], purpose: .document)[0])
    }

    @Test func hashMatchesItsTestVectors() {
        var hash = FeatureHash(kind: 1)
        #expect(hash.digest == HashVectors.kindOne)
        for scalar in "queue".unicodeScalars { hash.add(scalar.value) }
        #expect(hash.digest == HashVectors.queue)
        hash = FeatureHash(kind: 3)
        for scalar in "배포".unicodeScalars { hash.add(scalar.value) }
        #expect(hash.digest == HashVectors.deploy)
    }

    /// A change here means that stored vectors no longer fit: then the model needs a new name.
    @Test func vectorsOfThisModelNeverChange() async throws {
        #expect(HashProvider.model == "ngram-v1")
        let vector = try await vector("배포 queue 漢字 É2", dimension: 8)
        for (number, expected) in zip(vector, HashVectors.sample) { #expect(abs(number - expected) < 1e-6) }
    }

    @Test(arguments: ["", "  \n", "…", "a", "가", "배포 절차", "🚀", "\u{1100}", String(repeating: "x", count: 10_000)])
    func everyTextGivesAUnitVector(text: String) async throws {
        let vector = try await vector(text)
        #expect(vector.count == 384)
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(norm - 1) < 1e-5)
    }

    @Test(arguments: [
        ("QUEUE", "queue"), ("café", "cafe\u{301}"), ("한글", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}"),
        ("ＡＢＣ１", "abc1"), ("Привет", "привет"), ("soft\u{200B}space", "softspace"), ("a, b!", "a b"),
    ])
    func spellingsThatLookAlikeAreTheSame(one: String, other: String) async throws {
        #expect(try await vector(one) == vector(other))
    }

    @Test func featuresSpreadOverAllAxes() async throws {
        let vector = try await vector((0..<3000).map { "word\($0)" }.joined(separator: " "))
        #expect(vector.count { $0 != 0 } > vector.count * 9 / 10)
        #expect(abs(vector.count { $0 > 0 } - vector.count / 2) < 60)
    }

    @Test func rowsDoNotDependOnTheirNeighbours() async throws {
        let provider = HashProvider()
        let texts = ["첫 문서", String(repeating: "many different words 42 ", count: 2000), "last"]
        let together = try await provider.embed(texts, purpose: .document)
        #expect(together.count == 3)
        for (row, text) in texts.enumerated() { #expect(try await Array(together[row]) == vector(text)) }
    }

    @Test func noTextsGiveAnEmptyMatrix() async throws {
        let matrix = try await HashProvider(dimension: 16).embed([], purpose: .query)
        #expect(matrix.isEmpty && matrix.dimension == 16)
    }

    @Test func manyFeaturesAreCountedRightAfterGrowing() {
        var counts = FeatureCounts()
        for round in 0..<2 {
            for number in 1...20_000 { counts.add(UInt64(number) &* 0x9E37_79B9_7F4A_7C15, weight: Float(round)) }
        }
        var total = 0
        counts.drain { entry in
            #expect(entry.count == 2 && entry.weight == 0)
            total += 1
        }
        #expect(total == 20_000)
        counts.drain { _ in Issue.record("a drained table is empty") }
    }
}
