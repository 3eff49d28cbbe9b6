/// Python's `str.strip()` on byte ranges.
///
/// Ranges must come in order, neither start nor end ever going back. What is known to be blank is remembered, so that
/// overlapping windows over a long run of blanks do not look at it again and again.
///
/// **Source**: CPython `Objects/unicodetype_db.h`, `_PyUnicode_IsWhitespace`: 29 scalars, the information separators
/// U+001C…U+001F among them, the zero-width space U+200B not.
struct BlankTrimmer {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// All blank.
    private var blank = 0..<0
    /// Everything from `textEnd` to `checkedEnd` is blank and the scalar before `textEnd` is not.
    private var textEnd = 0
    private var checkedEnd = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// `range` without blanks at both ends, nil when nothing is left.
    mutating func trim(_ range: Range<Int>) -> Range<Int>? {
        var start = blank.contains(range.lowerBound) ? blank.upperBound : range.lowerBound
        while start < range.upperBound {
            let width = blankWidth(at: start)
            if width == 0 { break }
            start += width
        }
        if start > range.lowerBound {
            blank = (blank.contains(range.lowerBound) ? blank.lowerBound : range.lowerBound)..<start
        }
        guard start < range.upperBound else { return nil }
        // Something here is not blank, so this stops after `start`, at the latest at the last end's text.
        var end = range.upperBound
        while end > checkedEnd {
            let width = blankWidth(before: end)
            if width == 0 { break }
            end -= width
        }
        if end == checkedEnd { end = textEnd }
        textEnd = end
        checkedEnd = range.upperBound
        return start..<end
    }

    /// Bytes of the blank scalar that starts at `position`, 0 when it is not blank.
    @inline(__always)
    private func blankWidth(at position: Int) -> Int {
        let lead = bytes[position]
        if lead < 0x80 { return Self.isASCIIBlank(lead) ? 1 : 0 }
        switch lead {
        case 0xC2: return Self.isLatinBlank(bytes[position + 1]) ? 2 : 0
        case 0xE1...0xE3:
            return Self.isWideBlank(lead, bytes[position + 1], bytes[position + 2]) ? 3 : 0
        default: return 0
        }
    }

    /// Bytes of the blank scalar that ends before `position`, 0 when it is not blank.
    @inline(__always)
    private func blankWidth(before position: Int) -> Int {
        let last = bytes[position - 1]
        if last < 0x80 { return Self.isASCIIBlank(last) ? 1 : 0 }
        // Valid UTF-8: a byte past ASCII here has its lead byte before it.
        let previous = bytes[position - 2]
        if previous == 0xC2 { return Self.isLatinBlank(last) ? 2 : 0 }
        guard previous & 0xC0 == 0x80 else { return 0 }
        let lead = bytes[position - 3]
        guard (0xE1...0xE3).contains(lead) else { return 0 }
        return Self.isWideBlank(lead, previous, last) ? 3 : 0
    }

    private static func isASCIIBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) || (0x1C...0x1F).contains(byte)
    }

    /// U+0085 and U+00A0.
    private static func isLatinBlank(_ second: UInt8) -> Bool { second == 0x85 || second == 0xA0 }

    /// U+1680, U+2000…U+200A, U+2028, U+2029, U+202F, U+205F and U+3000.
    private static func isWideBlank(_ lead: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch (lead, second) {
        case (0xE1, 0x9A), (0xE3, 0x80): third == 0x80
        case (0xE2, 0x80): third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF
        case (0xE2, 0x81): third == 0x9F
        default: false
        }
    }
}
