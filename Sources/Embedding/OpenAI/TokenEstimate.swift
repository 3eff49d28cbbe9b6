/// Guesses how many tokens a text has for a model whose tokenizer we do not have; rather too many than too few.
///
/// A third of the letters of an English word, one for each digit and mark, two for each letter of another script (WordPiece
/// and older BPE vocabularies need more than one for many Hangul syllables), four for an emoji.
enum TokenEstimate {
    /// Tokens of a text in UTF-8, counted no further than `limit`. Counts of texts add up where white space joins them.
    static func count(_ text: UnsafeBufferPointer<UInt8>, limit: Int = .max) -> Int {
        var tokens = 0
        var letters = 0
        for byte in text {
            if (byte | 0x20) &- UInt8(ascii: "a") < 26 {
                // The first of every three.
                if letters % 3 == 0 { tokens += 1 }
                letters += 1
                continue
            }
            letters = 0
            switch byte {
            case 0x00...0x20: break
            case ..<0x80: tokens += 1
            case 0xC0..<0xF0: tokens += 2
            case 0xF0...: tokens += 4
            default: break
            }
            if tokens >= limit { return limit }
        }
        return min(tokens, limit)
    }

    static func count(_ text: String) -> Int {
        var text = text
        return text.withUTF8 { count($0) }
    }
}

/// Keeps chunks below the limit of a model behind a server, by ``TokenEstimate``.
struct EstimatedTokenCounter: TokenCounter {
    /// What models add to a text: at most a mark at each end, and one of its kind.
    private static let addedTokens = 4

    let maximumTokens: Int

    /// - Parameter limit: tokens that the model takes in all.
    init(limit: Int, prefix: String) {
        maximumTokens = max(1, limit - Self.addedTokens - TokenEstimate.count(prefix))
    }

    func count(_ text: UnsafeBufferPointer<UInt8>, limit: Int) -> Int { TokenEstimate.count(text, limit: limit) }
}
