import Shared
import Testing

@testable import Embedding

@Suite struct SparseEncoderTests {
    private func document(_ text: String) -> SparseVector? {
        var encoder = SparseEncoder()
        return encoder.document(text)
    }

    private func query(_ text: String) -> SparseVector? {
        var encoder = SparseEncoder()
        return encoder.query(text)
    }

    private func terms(_ text: String) -> Set<UInt32> { Set(query(text)?.indices ?? []) }

    @Test(arguments: [
        ("fixed with OPS-123 today", "ops-123"), ("fixed with OPS-123 today", "OPS_123"),
        ("fixed with OPS-123 today", "ops123"), ("fixed with OPS-123 today", "123"), ("see OPS‑123.", "OPS-123"),
        ("flag routing.toll_v2.enabled", "toll v2"), ("flag `routing.toll_v2.enabled`", "routing.toll_v2.enabled"),
        ("from 2026-11-20 on", "2026-11-20"), ("server 1.19.0", "1.19.0"), ("ＷＭＳ－２０３", "WMS 203"),
        ("the driver's app", "drivers"), ("write to people@haneul.example", "people@haneul.example"),
    ]) func identifiersAndNumbersAreFound(text: String, question: String) {
        let found = terms(question)
        #expect(!found.isEmpty && found.isSubset(of: terms(text)))
    }

    @Test(arguments: [
        ("예냉을 마친 뒤 싣는다", "예냉"), ("문을 닫습니다", "문"), ("배포절차서", "배포"), ("v2서버", "서버"),
        ("東京タワーの入口", "東京"), ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}을", "한글"),
    ]) func wordsAreFoundInsideLongerOnes(text: String, question: String) {
        let found = terms(question)
        #expect(!found.isEmpty && found.isSubset(of: terms(text)))
    }

    @Test(arguments: [
        ("QUEUE", "queue"), ("café", "cafe\u{301}"), ("ＡＢＣ１", "abc1"), ("Привет", "привет"), ("alarms", "alarm"),
        ("policies", "policy"), ("boxes", "box"), ("planned", "planning"), ("releases", "released"),
        ("rolls", "rolled"),
        ("deploys", "deployed"), ("don’t", "don't"), ("e-mail.", "E-MAIL"),
    ]) func formsOfAWordAreOneTerm(one: String, other: String) {
        #expect(terms(one) == terms(other))
        #expect(!terms(one).isEmpty)
    }

    @Test(arguments: [("3.4", "34"), ("2026-11", "2026.12"), ("gas", "ga"), ("status", "statu"), ("glass", "glas")])
    func differentThingsAreDifferentTerms(one: String, other: String) {
        #expect(terms(one) != terms(other))
    }

    @Test(arguments: [
        "", " \n", "…", "what is it", "어떻게 하나요", "\u{200D}", "---", String(repeating: "QUJD", count: 10_000),
    ])
    func textsThatSayNothingHaveNoVector(text: String) {
        #expect(document(text) == nil)
        #expect(terms(text).isEmpty)
    }

    @Test func aLongChainKeepsItsParts() {
        let chain = (0..<100).map { "part\($0)" }.joined(separator: "-")
        #expect(terms(chain) == terms((0..<100).map { "part\($0)" }.joined(separator: " ")))
    }

    /// tf · 2.2 / (tf + 1.2 · (0.25 + 0.75 · length / 256)), rounded to thousandths.
    @Test(arguments: [("queue", Float(1.688)), ("queue queue queue", 1.994), ("queues, queue! QUEUE?", 1.994)])
    func valuesAreTheSaturatedFrequency(text: String, expected: Float) throws {
        let vector = try #require(document(text))
        #expect(vector.values == [expected])
    }

    @Test func longChunksAreHeldBack() throws {
        let short = try #require(document("queue"))
        let long = try #require(document("queue " + (0..<1000).map { "word\($0)" }.joined(separator: " ")))
        let place = try #require(long.indices.firstIndex(of: short.indices[0]))
        #expect(long.values[place] < short.values[0] / 2)
        #expect(long.values.allSatisfy { $0 > 0 })
    }

    @Test func aQuestionCountsEveryTermOnce() throws {
        #expect(query("queue queue 큐가 큐를")?.values == [1, 1, 1, 1])
    }

    @Test(arguments: [
        ("OPS-123", [1, 1, 3]), ("V400", [3]), ("2026-11-20", [1, 1, 1, 3]), ("on-call", [1, 1]), ("2119", [1]),
    ]) func whatIsNamedCountsMore(question: String, expected: [Float]) throws {
        #expect(query(question)?.values.sorted() == expected)
    }

    /// `w4360` and `w241053` share the upper half of their hashes.
    @Test func termsOfOneIndexAreCountedTogether() throws {
        #expect(document("w4360 w241053") == document("w4360 w4360"))
        #expect(document("w4360")?.indices == [398_679_543])
    }

    @Test func indicesAscendAndAnEncoderForgets() throws {
        var encoder = SparseEncoder()
        let text = RetrievalSet.korean.documents.joined() + RetrievalSet.english.documents.joined()
        let encoded = encoder.document(text)
        let first = try #require(encoded)
        #expect(zip(first.indices, first.indices.dropFirst()).allSatisfy(<))
        #expect(first.indices.count == first.values.count)
        let second = encoder.document("queue")
        #expect(second == document("queue"))
        let third = encoder.document(text)
        #expect(third == first)
    }

    /// A change here means that stored vectors no longer fit: then the method needs a new name. The hashes are those of an
    /// independent program.
    @Test func termsOfThisMethodNeverChange() {
        #expect(SparseEncoder.method == "bm25-v1")
        #expect(document("queue")?.indices == [2_116_372_792])
        #expect(terms("OPS-123") == [1_056_312_090, 253_982_650, 271_092_034])
        #expect(terms("배포") == [3_752_528_893, 1_659_285_303])
    }

    /// Anything quadratic would take minutes.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "가", "가나다", "漢", "a", "a-", "a.", "a b ", "ab'", "-", "' ", "\u{1100}\u{1161}", "A\u{301}", "x_1 ",
        ]) func hostileTextsTakeLinearTime(piece: String)
    {
        _ = document(String(repeating: piece, count: 100_000))
    }

    @Test(.timeLimit(.minutes(1))) func manyDistinctTermsTakeLinearTime() throws {
        let vector = try #require(document((0..<100_000).map { "w\($0)" }.joined(separator: " ")))
        // All but the few that share an index.
        #expect((99_990...100_000).contains(vector.indices.count))
    }
}
