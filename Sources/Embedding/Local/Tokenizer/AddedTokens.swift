/// Texts that are one token each wherever they stand, such as `[SEP]`: found before the text is normalised.
struct AddedTokens: Sendable {
    struct Token: Sendable {
        let text: [UInt8]
        let id: Int32
        /// Whether the token takes the white space before or after it with it.
        let takesSpaceBefore: Bool
        let takesSpaceAfter: Bool
        /// Whether it counts only between characters that are no part of a word.
        let isWholeWord: Bool
        /// Whether it is looked for in the normalised text, not in the text as it is.
        let isNormalised: Bool
    }

    private let tokens: [Token]
    private let trie: PieceTrie

    init(_ tokens: [Token]) {
        self.tokens = tokens
        trie = PieceTrie(tokens.enumerated().map { ($1.text, Int32($0)) })
    }

    /// Calls `body` with each stretch of text between added tokens (id nil) and each added token, in order, until it
    /// returns false.
    func forEachPart(
        of text: UnsafeBufferPointer<UInt8>, _ body: (_ range: Range<Int>, _ id: Int32?) -> Bool
    ) {
        var start = 0
        var position = 0
        while position < text.count {
            guard let (end, index) = trie.longest(text, from: position),
                stands(tokens[Int(index)], text, position..<end)
            else {
                position += 1
                continue
            }
            let token = tokens[Int(index)]
            var (before, after) = (position, end)
            if token.takesSpaceBefore { before = Self.trimEnd(text, start..<before) }
            if token.takesSpaceAfter { after = Self.trimStart(text, after..<text.count) }
            if start < before, !body(start..<before, nil) { return }
            if !body(before..<after, token.id) { return }
            start = after
            position = after
        }
        if start < text.count { _ = body(start..<text.count, nil) }
    }

    private func stands(_ token: Token, _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        guard token.isWholeWord else { return true }
        let before = Self.scalar(before: range.lowerBound, text), after = Self.scalar(at: range.upperBound, text)
        return !(before.map(Self.isWordPart) ?? false) && !(after.map(Self.isWordPart) ?? false)
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal || scalar == "_"
    }

    private static func trimEnd(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound, let scalar = scalar(before: end, text), scalar.properties.isWhitespace {
            end -= UTF8.width(scalar)
        }
        return max(end, range.lowerBound)
    }

    private static func trimStart(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
        var start = range.lowerBound
        while start < range.upperBound, let scalar = scalar(at: start, text), scalar.properties.isWhitespace {
            start += UTF8.width(scalar)
        }
        return start
    }

    private static func scalar(before position: Int, _ text: UnsafeBufferPointer<UInt8>) -> Unicode.Scalar? {
        guard position > 0 else { return nil }
        var start = position - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        return scalar(at: start, text)
    }

    private static func scalar(at position: Int, _ text: UnsafeBufferPointer<UInt8>) -> Unicode.Scalar? {
        guard position < text.count else { return nil }
        return UTF8Reader(text).scalar(at: position).scalar
    }
}
