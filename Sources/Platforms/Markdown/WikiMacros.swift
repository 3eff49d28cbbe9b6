/// Finds macros in wiki markup: `{name}`, `{name:parameters}`, and their ends.
///
/// Remembers what it did not find: thousands of macros without an end cost one search each kind.
struct WikiMacros {
    struct Tag {
        /// In lower case.
        var name: String
        var parameters: Range<Int>
        /// Behind the closing brace.
        var end: Int
        var hasBody: Bool { WikiMacros.withBody.contains(name) }
        /// Whether nothing in the body is markup.
        var isVerbatim: Bool { WikiMacros.verbatim.contains(name) }
    }

    let bytes: [UInt8]
    let end: Int
    private var missing: Set<String> = []
    private var places: ByteCache

    init(_ bytes: [UInt8], end: Int) {
        self.bytes = bytes
        self.end = end
        places = ByteCache(bytes, end: end)
    }

    /// The macro whose brace is at `start`, if it is one that we know.
    mutating func tag(at start: Int) -> Tag? {
        var index = start + 1
        while index < end, index - start <= Self.longestName, isNameByte(bytes[index]) { index += 1 }
        guard index > start + 1, index < end else { return nil }
        let name = String(decoding: bytes[(start + 1)..<index].lazy.map(MarkdownText.lowercased), as: UTF8.self)
        guard Self.withBody.contains(name) || Self.withoutBody.contains(name) else { return nil }
        if bytes[index] == UInt8(ascii: "}") { return Tag(name: name, parameters: index..<index, end: index + 1) }
        guard bytes[index] == UInt8(ascii: ":"), let close = places.nextOnLine(UInt8(ascii: "}"), from: index + 1)
        else { return nil }
        return Tag(name: name, parameters: (index + 1)..<close, end: close + 1)
    }

    /// Where `{name}` ends the body that starts at `start`.
    mutating func close(of tag: Tag) -> Range<Int>? {
        if missing.contains(tag.name) { return nil }
        let name = Array("{\(tag.name)}".utf8)
        var index = tag.end
        while let brace = bytes.firstIndex(of: UInt8(ascii: "{"), in: min(index, end)..<end) {
            if !tag.isVerbatim, brace > 0, bytes[brace - 1] == UInt8(ascii: "\\") {
                index = brace + 1
            } else if matches(name, at: brace) {
                return brace..<(brace + name.count)
            } else if !tag.isVerbatim, let inner = self.tag(at: brace), inner.isVerbatim, inner.name != tag.name {
                index = close(of: inner)?.upperBound ?? inner.end
            } else {
                index = brace + 1
            }
        }
        missing.insert(tag.name)
        return nil
    }

    /// The end of the line that `start` is on; line ends in bodies of macros do not count.
    mutating func lineEnd(from start: Int) -> Int {
        var index = start
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "\n"): return index
            case UInt8(ascii: "\\"): index += index + 1 < end && bytes[index + 1] == UInt8(ascii: "\n") ? 1 : 2
            case UInt8(ascii: "{"):
                if index + 1 < end, bytes[index + 1] == UInt8(ascii: "{") {
                    index += 2
                } else if let tag = tag(at: index) {
                    index = tag.hasBody ? bodyEnd(of: tag) : tag.end
                } else {
                    index += 1
                }
            default: index += 1
            }
        }
        return end
    }

    private mutating func bodyEnd(of tag: Tag) -> Int {
        if let close = close(of: tag) { return close.upperBound }
        // Code that is not closed reaches to the end.
        return tag.isVerbatim ? end : tag.end
    }

    /// Without a look at the case of letters.
    private func matches(_ text: [UInt8], at start: Int) -> Bool {
        guard start + text.count <= end else { return false }
        for index in text.indices where MarkdownText.lowercased(bytes[start + index]) != text[index] { return false }
        return true
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        byte < 0x80 && MarkdownText.isWordByte(byte) || byte == UInt8(ascii: "-")
    }

    private static let longestName = 32

    private static let verbatim: Set<String> = ["code", "noformat", "adf", "html", "mermaid", "plantuml", "latex"]

    private static let withBody: Set<String> = verbatim.union([
        "quote", "panel", "color", "info", "note", "tip", "warning", "expand", "section", "column", "excerpt",
        "details",
        "csv", "blockquote",
    ])

    private static let withoutBody: Set<String> = [
        "anchor", "toc", "children", "attachments", "gallery", "status", "jira", "jiraissues", "include", "widget",
        "pagetree",
        "recently-updated", "contentbylabel", "loremipsum",
    ]
}
