/// Escaping and counting on UTF-8, shared by the writers.
///
/// Escapes as little as keeps the meaning: the text is also embedded, searched and shown as it is, so `snake_case`,
/// `[확인]` and `10~20명` stay readable. A single tilde is left alone although GitHub may strike text between two of them.
enum MarkdownText {
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
            || byte == UInt8(ascii: "\r")
    }

    /// Appends one word, escaped.
    ///
    /// - Parameters:
    ///   - next: the byte after the word, nil at the end of its run.
    ///   - atLineStart: block markers such as `#` and `1.` are escaped too.
    static func escape(
        _ word: UnsafeBufferPointer<UInt8>, next: UInt8?, atLineStart: Bool, inCell: Bool, into bytes: inout [UInt8]
    ) {
        let marker = atLineStart ? blockMarker(word) : nil
        for (index, byte) in word.enumerated() {
            let before = index > 0 ? word[index - 1] : bytes.last
            let after = index + 1 < word.count ? word[index + 1] : next
            if index == marker || mustEscape(byte, before, after, inCell) { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
    }

    private static func mustEscape(_ byte: UInt8, _ before: UInt8?, _ after: UInt8?, _ inCell: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "`"): true
        case UInt8(ascii: "*"): after.map { !isBlank($0) } ?? true || before.map { !isBlank($0) } ?? false
        // Between letters an underscore is no emphasis.
        case UInt8(ascii: "_"): !(isWord(before) && isWord(after))
        case UInt8(ascii: "~"): after == byte || before == byte
        case UInt8(ascii: "<"): isLetter(after) || after == UInt8(ascii: "/") || after == UInt8(ascii: "!")
        case UInt8(ascii: "&"): isLetter(after) || after == UInt8(ascii: "#")
        case UInt8(ascii: "("): before == UInt8(ascii: "]")
        case UInt8(ascii: "\\"): after.map(isPunctuation) ?? true
        case UInt8(ascii: "|"): inCell
        default: false
        }
    }

    /// The position in a line's first word whose escape keeps the line from becoming a heading, list, quote or rule.
    private static func blockMarker(_ word: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let first = word.first else { return nil }
        switch first {
        case UInt8(ascii: ">"): return 0
        case UInt8(ascii: "#"): return word.count <= 6 && word.allSatisfy { $0 == first } ? 0 : nil
        case UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "+"):
            return word.allSatisfy { $0 == first } ? 0 : nil
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let digits = word.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
            guard digits == word.count - 1, digits <= 9 else { return nil }
            return word[digits] == UInt8(ascii: ".") || word[digits] == UInt8(ascii: ")") ? digits : nil
        default: return nil
        }
    }

    /// A text that can stand inside `[…]`.
    static func escapedLabel(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "\\") {
                bytes.append(UInt8(ascii: "\\"))
            }
            bytes.append(isBlank(byte) ? UInt8(ascii: " ") : byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A link's destination with everything encoded that would end it; nil for schemes that run code or embed data.
    ///
    /// Letters beyond ASCII stay as they are: a Korean title in percent signs is three times as long and tells nobody anything.
    static func destination(_ address: String) -> String? {
        let address = TextCleaner.clean(address).trimmed
        guard !address.isEmpty, !hasUnsafeScheme(address) else { return nil }
        var bytes: [UInt8] = []
        for byte in address.utf8 {
            switch byte {
            case 0...0x20, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
                UInt8(ascii: "|"),
                UInt8(ascii: "\\"), UInt8(ascii: "`"):
                bytes.append(UInt8(ascii: "%"))
                bytes += String(byte >> 4, radix: 16, uppercase: true).utf8
                bytes += String(byte & 15, radix: 16, uppercase: true).utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hasUnsafeScheme(_ address: String) -> Bool {
        let start = address.utf8.prefix(16).filter { $0 > 0x20 }
        let scheme = String(decoding: start, as: UTF8.self).lowercased()
        return ["javascript:", "vbscript:", "data:"].contains { scheme.hasPrefix($0) }
    }

    static func longestRun(of byte: UInt8, in text: some Sequence<UInt8>) -> Int {
        var longest = 0
        var current = 0
        for other in text {
            current = other == byte ? current + 1 : 0
            longest = max(longest, current)
        }
        return longest
    }

    static func escapedPipes(_ text: [UInt8]) -> [UInt8] {
        text.flatMap { $0 == UInt8(ascii: "|") ? [UInt8(ascii: "\\"), $0] : [$0] }
    }

    private static func isLetter(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }

    private static func isWord(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return isLetter(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte >= 0x80
            || byte == UInt8(ascii: "_")
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        (0x21...0x2F).contains(byte) || (0x3A...0x40).contains(byte) || (0x5B...0x60).contains(byte)
            || (0x7B...0x7E).contains(byte)
    }
}
