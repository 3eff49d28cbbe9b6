/// Removes what nobody sees from texts of the sources, so that search and hashes see what people see.
enum TextCleaner {
    /// Non-breaking and other wide blanks become plain ones; controls, zero-width and bidi characters go.
    ///
    /// Joiners stay where writing needs them: in scripts from Arabic to the Indic ones and inside emoji.
    static func clean(_ text: String) -> String {
        var text = text
        if text.utf8.allSatisfy({ $0 < 0x7F && ($0 >= 0x20 || $0 == 0x0A || $0 == 0x09) }) { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        var previous: Unicode.Scalar = " "
        text.makeContiguousUTF8()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A where previous == "\r": break
            case 0x09, 0x0A: result.unicodeScalars.append(scalar)
            case 0x0D: result.unicodeScalars.append("\n")
            case 0..<0x20, 0x7F...0x9F, 0xAD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F,
                0xFEFF, 0xFFF9...0xFFFB:
                continue
            case 0x200C, 0x200D: if joins(previous) { result.unicodeScalars.append(scalar) }
            case 0xA0, 0x2000...0x200A, 0x202F, 0x205F: result.unicodeScalars.append(" ")
            case 0x85, 0x2028, 0x2029: result.unicodeScalars.append("\n")
            default: result.unicodeScalars.append(scalar)
            }
            previous = scalar
        }
        return result
    }

    private static func joins(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0600...0x0DFF, 0x2190...0x2BFF, 0xFE0F, 0x1F000...0x1FAFF: true
        default: false
        }
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmed: String {
        let bytes = utf8
        guard let first = bytes.firstIndex(where: { !MarkdownText.isBlank($0) }) else { return "" }
        guard let last = bytes.lastIndex(where: { !MarkdownText.isBlank($0) }) else { return "" }
        return String(self[first...last])
    }

    /// On one line: every stretch of blanks is one blank, none at the ends.
    var onOneLine: String {
        utf8.split(whereSeparator: MarkdownText.isBlank).map { String(Substring($0)) }.joined(separator: " ")
    }
}
