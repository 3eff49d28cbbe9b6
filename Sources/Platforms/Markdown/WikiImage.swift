/// An image or a file shown in place, `!name.png|width=300!`, without its exclamation marks.
struct WikiImage {
    let file: String
    let alt: String?

    /// - Returns: nil when the content names no file and no address: two exclamation marks in one line are mostly just that.
    init?(_ bytes: [UInt8], _ content: Range<Int>) {
        guard let first = content.first, !MarkdownText.isBlank(bytes[first]), content.count < 1024 else { return nil }
        let parts = bytes[content].split(separator: UInt8(ascii: "|"), maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(decoding: parts[0], as: UTF8.self).trimmed
        guard Self.isFile(name) else { return nil }
        file = name
        alt = parts.count > 1 ? WikiParameters(String(decoding: parts[1], as: UTF8.self), separator: ",")["alt"] : nil
    }

    private static func isFile(_ name: String) -> Bool {
        if name.contains("\n") || name.contains("\"") && !name.contains("://") { return false }
        if name.contains("://") { return true }
        // Up to five letters or digits behind the last dot.
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.utf8.startIndex else { return false }
        let suffix = name.utf8[name.utf8.index(after: dot)...]
        return 1...5 ~= suffix.count && suffix.allSatisfy { MarkdownText.isWordByte($0) && $0 < 0x80 }
    }
}
