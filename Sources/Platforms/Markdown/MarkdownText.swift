/// Escaping and counting on UTF-8, shared by the writers.
///
/// Escapes as little as keeps the meaning: the text is also embedded, searched and shown as it is, so `snake_case`,
/// `[확인]` and `10~20명` stay readable. A single tilde is left alone although GitHub may strike text between two of them.
enum MarkdownText {
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
            || byte == UInt8(ascii: "\r")
    }

    /// Where a word stands.
    struct Context {
        /// Block markers such as `#` and `1.` are escaped too.
        var isLineStart = false
        /// Whether nothing of the block was written before.
        var isFirst = false
        var isCell = false
        var isLink = false
        var isStruck = false
        /// Whether a sign such as `**` stands right before the word.
        var isAfterSign = false
    }

    /// Appends one word, escaped.
    ///
    /// - Parameter next: the byte after the word, nil at the end of its run.
    static func escape(_ word: ArraySlice<UInt8>, next: UInt8?, _ context: Context, into bytes: inout [UInt8]) {
        let marker = context.isLineStart ? blockMarker(word, isFirst: context.isFirst) : nil
        var copied = word.startIndex
        for index in word.indices where isSpecial(word[index]) || index == marker {
            let before =
                index > word.startIndex ? word[index - 1] : context.isAfterSign ? UInt8(ascii: "*") : bytes.last
            let after = index + 1 < word.endIndex ? word[index + 1] : next
            if index == marker || mustEscape(word, index, before, after, context) {
                bytes += word[copied..<index]
                bytes.append(UInt8(ascii: "\\"))
                copied = index
            }
        }
        bytes += word[copied...]
    }

    /// Whether ``mustEscape(_:_:_:_:_:)`` may say yes to this byte.
    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "`"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "<"),
            UInt8(ascii: "&"), UInt8(ascii: "("), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "\\"), UInt8(ascii: "|"):
            true
        default: false
        }
    }

    private static func mustEscape(
        _ word: ArraySlice<UInt8>, _ index: Int, _ before: UInt8?, _ after: UInt8?, _ context: Context
    ) -> Bool {
        let byte = word[index]
        return switch byte {
        case UInt8(ascii: "`"): true
        case UInt8(ascii: "*"): after.map { !isBlank($0) } ?? true || before.map { !isBlank($0) } ?? false
        // Between letters an underscore is no emphasis.
        case UInt8(ascii: "_"): !(before.map(isWordByte) ?? false && after.map(isWordByte) ?? false)
        // One alone is text, unless it stands beside the two that strike.
        case UInt8(ascii: "~"):
            after == byte || before == byte || context.isStruck || after == nil
                || (context.isAfterSign && index == word.startIndex)
        case UInt8(ascii: "<"):
            after.map(isLetter) ?? false || after == UInt8(ascii: "/") || after == UInt8(ascii: "!")
                || after == UInt8(ascii: "?")
        case UInt8(ascii: "&"): MarkupEntities.isReference(word, at: index)
        // "](" is a link, "]:" at the start of a line the definition of one.
        case UInt8(ascii: "("): before == UInt8(ascii: "]")
        case UInt8(ascii: ":"): before == UInt8(ascii: "]") && !context.isCell
        case UInt8(ascii: "["), UInt8(ascii: "]"): context.isLink
        // A blank behind it may go, and a sign come.
        case UInt8(ascii: "\\"): after.map { isPunctuation($0) || isBlank($0) } ?? true
        case UInt8(ascii: "|"): context.isCell
        default: false
        }
    }

    /// The position in a line's first word whose escape keeps the line from becoming a heading, list, quote or rule.
    private static func blockMarker(_ word: ArraySlice<UInt8>, isFirst: Bool) -> Int? {
        guard let first = word.first else { return nil }
        let start = word.startIndex
        switch first {
        case UInt8(ascii: ">"): return start
        case UInt8(ascii: "#"): return word.count <= 6 && word.allSatisfy { $0 == first } ? start : nil
        case UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "*"):
            return word.allSatisfy { $0 == first } || isTableRule(word) ? start : nil
        case UInt8(ascii: "|"), UInt8(ascii: ":"): return isTableRule(word) ? start : nil
        // "[ ]" and "[x]" at the start of an item would make a task of it.
        case UInt8(ascii: "["):
            let isBox = word.count == 1 || word.elementsEqual("[x]".utf8) || word.elementsEqual("[X]".utf8)
            return isFirst && isBox ? start : nil
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let digits = word.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
            guard digits == word.count - 1, digits <= 9 else { return nil }
            let last = word[start + digits]
            return last == UInt8(ascii: ".") || last == UInt8(ascii: ")") ? start + digits : nil
        default: return nil
        }
    }

    /// Whether a line that starts so could be the rule under the header of a table.
    private static func isTableRule(_ word: ArraySlice<UInt8>) -> Bool {
        word.allSatisfy { $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-") }
    }

    /// A text that can stand inside `[…]`.
    static func escapedLabel(_ text: String, inCell: Bool = false) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if "[]\\`*_<&".utf8.contains(byte) || (inCell && byte == UInt8(ascii: "|")) {
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

    /// Whether a link shown as `text` can be written as `<address>`.
    static func isAutolink(_ link: String, shownAs text: ArraySlice<UInt8>) -> Bool {
        guard let colon = link.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = link.utf8[..<colon]
        guard 2...32 ~= scheme.count, scheme.first.map(isLetter) == true,
            scheme.allSatisfy({
                isLetter($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
            })
        else { return false }
        // Escapes make an address three times as long at most.
        guard text.count <= link.utf8.count + 2, link.utf8.count <= text.count * 3 + 8 else { return false }
        let shown = String(decoding: text, as: UTF8.self)
        return destination(shown) == link || (shown.contains("@") && "mailto:\(shown.trimmed)" == link)
    }

    static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }

    /// A letter, a digit, an underscore or a part of a character beyond ASCII.
    static func isWordByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte >= 0x80 || byte == UInt8(ascii: "_")
    }

    static func isPunctuation(_ byte: UInt8) -> Bool {
        (0x21...0x2F).contains(byte) || (0x3A...0x40).contains(byte) || (0x5B...0x60).contains(byte)
            || (0x7B...0x7E).contains(byte)
    }
}
