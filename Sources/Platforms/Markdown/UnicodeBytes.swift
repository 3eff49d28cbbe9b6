/// Characters in UTF-8 bytes, looked at one by one where a rule asks for the neighbour of a byte.
enum UnicodeBytes {
    /// The character that starts at `index`, and the index behind it; nil when none starts there.
    static func scalar(at index: Int, in bytes: ArraySlice<UInt8>) -> (scalar: Unicode.Scalar, end: Int)? {
        guard index < bytes.endIndex else { return nil }
        let first = bytes[index]
        if first < 0x80 { return (Unicode.Scalar(first), index + 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0
        guard length > 0, index + length <= bytes.endIndex else { return nil }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length { value = value << 6 | UInt32(bytes[index + offset] & 0x3F) }
        return Unicode.Scalar(value).map { ($0, index + length) }
    }

    /// The character that ends before `index`; nil at the start.
    static func scalar(before index: Int, in bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        var start = index - 1
        while start > bytes.startIndex, bytes[start] & 0xC0 == 0x80, index - start < 4 { start -= 1 }
        return start >= bytes.startIndex ? scalar(at: start, in: bytes[..<index])?.scalar : nil
    }

    /// A letter or digit of any script.
    static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        if scalar.isASCII { return MarkdownText.isWordByte(UInt8(scalar.value)) && scalar != "_" }
        return isHangul(scalar) || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    /// What CommonMark calls a punctuation character: those of Unicode, and symbols.
    /// https://spec.commonmark.org/0.31.2/#unicode-punctuation-character
    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return MarkdownText.isPunctuation(UInt8(scalar.value)) }
        if isHangul(scalar) { return false }
        return switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            true
        default: false
        }
    }

    private static func isHangul(_ scalar: Unicode.Scalar) -> Bool { 0xAC00...0xD7A3 ~= scalar.value }
}
