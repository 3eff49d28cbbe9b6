/// What stands between the brackets of a link: `words|target|kind`, or the target alone.
struct WikiLink {
    enum Shown {
        /// Not markup.
        case text(String)
        /// A person's name.
        case mention(String)
        case markup(Range<Int>)
    }

    /// Nil when there is nowhere to go: a person.
    let destination: String?
    let shown: Shown

    /// - Returns: nil when the target is none that Jira knows; the brackets are text then.
    init?(_ bytes: [UInt8], _ content: Range<Int>, people: [String: String]) {
        guard !content.isEmpty else { return nil }
        // An image may have a "|" of its own.
        var aliasEnd = content.lowerBound
        if bytes[aliasEnd] == UInt8(ascii: "!"),
            let close = bytes.firstIndex(of: UInt8(ascii: "!"), in: (aliasEnd + 1)..<content.upperBound)
        {
            aliasEnd = close
        }
        let pipe = bytes.firstIndex(of: UInt8(ascii: "|"), in: aliasEnd..<content.upperBound)
        let rest = pipe.map { ($0 + 1)..<content.upperBound } ?? content
        // Behind a second "|" is how Jira shows it: smart-link, smart-card, a tooltip.
        let targetEnd = bytes.firstIndex(of: UInt8(ascii: "|"), in: rest) ?? rest.upperBound
        let target = String(decoding: bytes[rest.lowerBound..<targetEnd], as: UTF8.self).trimmed
        let alias = pipe.map { content.lowerBound..<$0 }.flatMap { range in
            bytes[range].allSatisfy(MarkdownText.isBlank) ? nil : range
        }
        if target.utf8.first == UInt8(ascii: "~"), target.utf8.count > 1 {
            destination = nil
            shown = .mention(Self.person(String(target.dropFirst()), people))
            return
        }
        guard let (destination, name) = Self.resolve(target) else { return nil }
        self.destination = destination
        if let alias, !bytes[alias].elementsEqual(target.utf8) {
            shown = .markup(alias)
        } else {
            shown = .text(name)
        }
    }

    private static func resolve(_ target: String) -> (destination: String, name: String)? {
        guard let first = target.utf8.first, target.utf8.count > 1 || MarkdownText.isLetter(first) else { return nil }
        let rest = String(target.dropFirst())
        switch first {
        case UInt8(ascii: "^"): return (rest, rest)
        case UInt8(ascii: "#"): return (target, rest)
        default: break
        }
        let lowered = target.lowercased()
        if lowered.hasPrefix("www.") { return ("https://\(target)", target) }
        if lowered.hasPrefix("mailto:"), target.contains("@") { return (target, String(target.dropFirst(7))) }
        if target.hasPrefix("//") || target.hasPrefix("/") || target.hasPrefix("\\\\") { return (target, target) }
        guard let colon = lowered.firstIndex(of: ":") else { return nil }
        let scheme = String(lowered[..<colon])
        let isAddress = lowered[colon...].hasPrefix("://") || scheme == "file"
        return WikiAddress.schemes.contains(scheme) && isAddress ? (target, target) : nil
    }

    /// The name as far as it is known.
    private static func person(_ id: String, _ people: [String: String]) -> String {
        let prefix = "accountid:"
        let key = id.lowercased().hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : id
        return people[key] ?? key
    }
}
