/// Removes what nobody sees from texts of the sources, so that search and hashes see what people see.
///
/// Non-breaking and other wide blanks become plain ones; controls, zero-width, bidi and tag characters go. Joiners stay where
/// writing needs them: in scripts from Arabic to the Indic ones and inside emoji.
enum TextCleaner {
    static func clean(_ text: String) -> String { String(decoding: clean(Array(text.utf8)[...]), as: UTF8.self) }

    /// - Parameter text: valid UTF-8. Cost: one look at each byte; a copy only where something has to go.
    static func clean(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard var index = text.firstIndex(where: isSuspect) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        result += text[..<index]
        var previous = UnicodeBytes.scalar(before: result.count, in: result[...])?.value ?? 0x20
        while index < text.endIndex {
            let byte = text[index]
            if byte < 0x80, !isSuspect(byte) {
                result.append(byte)
                previous = UInt32(byte)
                index += 1
                continue
            }
            guard let (scalar, end) = UnicodeBytes.scalar(at: index, in: text) else {
                index += 1
                continue
            }
            switch action(scalar.value, after: previous) {
            case .keep: result += text[index..<end]
            case .replace(let byte): result.append(byte)
            case .drop: break
            }
            previous = scalar.value
            index = end
        }
        return result[...]
    }

    private enum Action {
        case keep
        case replace(UInt8)
        case drop
    }

    private static func action(_ value: UInt32, after previous: UInt32) -> Action {
        switch value {
        case 0x0A: previous == 0x0D ? .drop : .keep
        case 0x0D, 0x85, 0x2028, 0x2029: .replace(UInt8(ascii: "\n"))
        case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000, 0x3164, 0xFFA0: .replace(UInt8(ascii: " "))
        default: isDropped(value, after: previous) ? .drop : .keep
        }
    }

    private static func isDropped(_ value: UInt32, after previous: UInt32) -> Bool {
        switch value {
        case 0x09: false
        case 0x0A: previous == 0x0D
        case 0x0D, 0x85: false
        case 0..<0x20, 0x7F...0x9F, 0xAD, 0x034F, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A...0x202E,
            0x2060...0x206F,
            0xFEFF, 0xFFF9...0xFFFB, 0x1D173...0x1D17A, 0xE0000...0xE01EF:
            true
        case 0x200C, 0x200D: !joins(previous)
        default: false
        }
    }

    private static func joins(_ value: UInt32) -> Bool {
        switch value {
        case 0x0600...0x0DFF, 0x2190...0x2BFF, 0xFE0F, 0x1F000...0x1FAFF: true
        default: false
        }
    }

    /// Whether a character that has to go may start with this byte. Hangul starts with none of them.
    private static func isSuspect(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F, 0xC2, 0xCD, 0xD8, 0xE1, 0xE2, 0xE3, 0xEF, 0xF0, 0xF3: true
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
