/// An address in running text, which Jira links by itself.
struct WikiAddress {
    let range: Range<Int>
    let destination: String

    /// - Parameters:
    ///   - range: where the address may start, and what it cannot reach over.
    ///   - colon: the colon of its scheme.
    init?(_ bytes: [UInt8], _ range: Range<Int>, colon: Int) {
        var start = colon
        while start > range.lowerBound, colon - start < 8, MarkdownText.isLetter(bytes[start - 1]) { start -= 1 }
        let scheme = String(decoding: bytes[start..<colon].lazy.map(MarkdownText.lowercased), as: UTF8.self)
        var end = colon + 1
        if scheme == "mailto" {
            guard end < range.upperBound, MarkdownText.isWordByte(bytes[end]) else { return nil }
        } else {
            guard Self.schemes.contains(scheme), end + 1 < range.upperBound, bytes[end] == UInt8(ascii: "/"),
                bytes[end + 1] == UInt8(ascii: "/")
            else { return nil }
            end += 2
        }
        let hostStart = end
        while end < range.upperBound, Self.isPart(bytes[end]) { end += 1 }
        let hasParenthesis = bytes[hostStart..<end].contains(UInt8(ascii: "("))
        while end > hostStart, ".,;:!?'*_-+~)".utf8.contains(bytes[end - 1]) {
            if bytes[end - 1] == UInt8(ascii: ")"), hasParenthesis { break }
            end -= 1
        }
        guard end > hostStart else { return nil }
        self.range = start..<end
        destination = String(decoding: bytes[start..<end], as: UTF8.self)
    }

    static let schemes: Set<String> = [
        "http", "https", "ftp", "ftps", "irc", "ircs", "file", "news", "nntp", "ssh", "svn", "git",
    ]

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "|"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\\"):
            false
        default: true
        }
    }
}
