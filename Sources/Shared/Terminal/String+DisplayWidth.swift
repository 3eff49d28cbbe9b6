extension String {
    /// Columns that the text takes on a terminal: two for East-Asian wide characters and emoji, none for combining marks.
    ///
    /// Follows Unicode Standard Annex #11. Control characters count nothing; clean foreign text with ``terminalSafe`` first.
    public var displayWidth: Int {
        if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return utf8.count }
        return reduce(0) { $0 + $1.displayWidth }
    }

    /// The text itself when it fits, else its beginning and `…`, at most `width` columns together.
    public func truncated(toWidth width: Int) -> String {
        guard width > 0 else { return "" }
        guard displayWidth > width else { return self }
        var used = 0
        var kept = ""
        for character in self {
            guard used + character.displayWidth <= width - 1 else { break }
            used += character.displayWidth
            kept.append(character)
        }
        return kept + "…"
    }

    /// The text filled up with blanks on the right, or on the left, to `width` columns.
    public func padded(toWidth width: Int, onTheLeft: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - displayWidth))
        return onTheLeft ? blanks + self : self + blanks
    }
}

extension Character {
    /// Columns on a terminal, from 0 to 2.
    var displayWidth: Int {
        // U+FE0F asks for the emoji form, which is wide whatever the base character is.
        if unicodeScalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
        // A grapheme of several scalars (a decomposed syllable, a family emoji) is drawn as one cell pair at most.
        return min(2, unicodeScalars.reduce(0) { $0 + $1.displayWidth })
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        switch value {
        case 0x20..<0x7F: return 1
        case 0..<0xA0: return 0
        // Medial vowels and final consonants of a decomposed Hangul syllable join the initial consonant.
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
        default: break
        }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
        default: return isWide || properties.isEmojiPresentation ? 2 : 1
        }
    }

    /// Wide and Fullwidth of EastAsianWidth.txt, emoji left out; unassigned code points of a block count with it.
    private var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
