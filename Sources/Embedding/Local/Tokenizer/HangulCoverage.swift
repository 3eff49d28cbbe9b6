/// How much of Korean a vocabulary can spell.
enum HangulCoverage {
    /// The share of Hangul syllables that the vocabulary can spell, 0 to 1.
    ///
    /// A word with one syllable that it cannot spell is unknown as a whole to WordPiece. **Cost**: milliseconds.
    static func share(of tokenizer: any Tokenizer) -> Double {
        let spelled = BaseLetters.syllables.count { value in
            guard let scalar = Unicode.Scalar(value) else { return false }
            return !tokenizer.sequence(String(scalar), limit: .max).contains(tokenizer.unknown)
        }
        return Double(spelled) / Double(BaseLetters.syllables.count)
    }
}
