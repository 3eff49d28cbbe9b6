/// What is left of a scalar when it is decomposed canonically and its marks (category Mn) are taken away: `é` is `e`,
/// a Hangul syllable its two or three letters.
///
/// **Source**: https://www.unicode.org/reports/tr15/ (NFD; the arithmetic of Hangul in the core specification, 3.12).
struct BaseLetters: Sendable {
    static let shared = BaseLetters()
    /// Hangul syllables.
    static let syllables: Range<UInt32> = 0xAC00..<0xAC00 + 11_172

    private let single: [Unicode.Scalar: Unicode.Scalar]
    private let several: [Unicode.Scalar: [Unicode.Scalar]]

    private init() {
        let pairs = Array(baseLetterPairs.unicodeScalars)
        single = Dictionary(
            uniqueKeysWithValues: stride(from: 0, to: pairs.count - 1, by: 2).map { (pairs[$0], pairs[$0 + 1]) })
        several = Dictionary(
            uniqueKeysWithValues: baseLetterSequences.unicodeScalars.split(separator: " ").map {
                ($0[$0.startIndex], Array($0.dropFirst()))
            })
    }

    /// The scalars that stand for `scalar`; none when it is a mark.
    func bases(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if Self.syllables.contains(scalar.value) { return Self.letters(of: scalar) }
        if let base = single[scalar] { return [base] }
        if let bases = several[scalar] { return bases }
        return scalar.properties.earlierCategory == .nonspacingMark ? [] : [scalar]
    }

    private static func letters(of syllable: Unicode.Scalar) -> [Unicode.Scalar] {
        var letters: [Unicode.Scalar] = []
        forEachLetter(of: syllable) { letters.append($0) }
        return letters
    }

    /// Calls `body` with the two or three letters of a Hangul syllable.
    @inline(__always)
    static func forEachLetter(of syllable: Unicode.Scalar, _ body: (Unicode.Scalar) -> Void) {
        let index = syllable.value - syllables.lowerBound
        let tail = index % 28
        for value in [0x1100 + index / 588, 0x1161 + index % 588 / 28] { Unicode.Scalar(value).map(body) }
        if tail != 0 { Unicode.Scalar(0x11A7 + tail).map(body) }
    }
}
