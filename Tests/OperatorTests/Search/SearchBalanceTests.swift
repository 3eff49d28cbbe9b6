import Testing

@testable import Operator

@Suite struct SearchBalanceTests {
    @Test(arguments: [
        ("경로 계획기 되돌리기", 1.0), ("roll back", 0), ("API 토큰", 0.4), ("\u{1112}\u{1161}\u{11AB}ab", 0.6), ("12 - 34", 0),
        ("", 0),
    ]) func hangulIsCountedAmongTheLetters(text: String, share: Double) {
        #expect(abs(SearchBalance.hangulShare(of: text) - share) < 1e-9)
    }

    @Test func whatTheModelCannotReadCountsLittle() {
        func meaning(_ question: String, readsHangul: Bool) -> Double {
            SearchBalance(question, readsHangul: readsHangul).meaning
        }
        #expect(abs(meaning("되돌리기", readsHangul: false) - 0.1) < 1e-9)
        #expect(meaning("되돌리기", readsHangul: true) == 0.8)
        #expect(meaning("roll back", readsHangul: false) == 0.8)
        let mixed = meaning("API 토큰", readsHangul: false)
        #expect(mixed > 0.1 && mixed < 0.8)
    }
}
