/// Whether a vocabulary was made with Korean in it.
enum KoreanVocabulary {
    private static let sample =
        "서버 배포가 실패하면 이전 버전으로 되돌리고 담당자에게 알립니다. 새로 온 직원은 첫 주에 보안 교육을 받아야 하며, "
        + "휴가를 쓰려면 팀장에게 미리 말합니다. 창고의 온도가 올라가면 기사님께 전화해서 문이 닫혔는지 확인해 주세요."

    /// Vocabularies with Korean need less than a token for a syllable of a plain text; those without spell it letter by
    /// letter, or not at all.
    static func isKnown(to tokenizer: any Tokenizer) -> Bool {
        let ids = tokenizer.sequence(sample, limit: .max)
        let syllables = sample.unicodeScalars.count { BaseLetters.syllables.contains($0.value) }
        return ids.count < syllables && ids.count { $0 == tokenizer.unknown } * 20 < ids.count
    }
}
