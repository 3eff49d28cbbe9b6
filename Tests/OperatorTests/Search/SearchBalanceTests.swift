import Embedding
import Testing

@testable import Operator

@Suite struct SearchBalanceTests {
    @Test(arguments: [
        ("경로 계획기 되돌리기", 1.0), ("roll back", 0), ("API 토큰", 0.4), ("\u{1112}\u{1161}\u{11AB}ab", 0.6), ("12 - 34", 0),
        ("", 0),
    ]) func hangulIsCountedAmongTheLetters(text: String, share: Double) {
        #expect(abs(SearchBalance.hangulShare(of: text) - share) < 1e-9)
    }

    @Test func whatTheModelDoesNotUnderstandCountsLittle() {
        func meaning(_ question: String, _ understanding: Understanding) -> Double {
            SearchBalance(question, understanding).meaning
        }
        #expect(abs(meaning("되돌리기", .allButHangul) - 0.1) < 1e-9)
        #expect(meaning("되돌리기", .everything) == 0.8)
        #expect(meaning("roll back", .allButHangul) == 0.8)
        #expect(abs(meaning("roll back", .nothing) - 0.1) < 1e-9)
        let mixed = meaning("API 토큰", .allButHangul)
        #expect(mixed > 0.1 && mixed < 0.8)
    }
}
