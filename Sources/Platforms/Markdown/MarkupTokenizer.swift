/// Cuts storage format or HTML into tags and texts, byte by byte, never failing.
///
/// Our own instead of libxml2, weighed up for this one job: Confluence's storage format is XML without a root, without the
/// declarations of its `ac:` and `ri:` prefixes and without a DTD for its two hundred named entities, so an XML parser has to
/// be fed a made-up document and told to recover, and an HTML parser drops CDATA, where all code lives. Neither then gives
/// less work than these lines; both bring DTDs, external entities and C memory into the path of texts that strangers write.
/// Here nothing is ever fetched or expanded, time is linear in the input, and memory is bounded by it.
struct MarkupTokenizer {
    enum Token {
        case start(name: String, attributes: [(name: String, value: String)], isClosed: Bool)
        case end(name: String)
        case text(String)
    }

    private let bytes: [UInt8]
    private var position = 0
    /// Set after `<script>` and the like: their content is text up to the end tag of that name.
    private var rawTextEnd: String?
    private let isHTML: Bool

    init(_ bytes: [UInt8], isHTML: Bool) {
        self.bytes = bytes
        self.isHTML = isHTML
    }

    mutating func next() -> Token? {
        if let name = rawTextEnd { return rawText(until: name) }
        while position < bytes.count {
            if bytes[position] != UInt8(ascii: "<") { return .text(characters()) }
            if starts(with: "<![CDATA[") { return .text(section()) }
            if starts(with: "<!--") {
                skip(past: "-->")
            } else if starts(with: "<!") || starts(with: "<?") {
                // Declarations and processing instructions; nothing in them is read.
                skip(past: ">")
            } else if let token = tag() {
                return token
            } else {
                // A lone "<" is text.
                position += 1
                return .text("<")
            }
        }
        return nil
    }

    private mutating func characters() -> String {
        let start = position
        position = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        return MarkupEntities.resolve(bytes[start..<position])
    }

    /// A CDATA section; adjoining ones, as `]]>` has to be written, give adjoining texts.
    private mutating func section() -> String {
        let start = position + 9
        position = start
        skip(past: "]]>")
        let end = ends(with: "]]>", after: start) ? position - 3 : position
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func tag() -> Token? {
        var cursor = position + 1
        let isEnd = cursor < bytes.count && bytes[cursor] == UInt8(ascii: "/")
        if isEnd { cursor += 1 }
        guard cursor < bytes.count, Self.startsName(bytes[cursor]) else { return nil }
        position = cursor
        let tag = name()
        var attributes: [(name: String, value: String)] = []
        var isClosed = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: ">") {
                position += 1
                break
            }
            if byte == UInt8(ascii: "<") { break }
            isClosed = byte == UInt8(ascii: "/")
            if Self.startsName(byte) {
                let name = name()
                attributes.append((name, value()))
            } else {
                position += 1
            }
        }
        if isEnd { return .end(name: tag) }
        if isHTML, !isClosed, ["script", "style", "textarea", "title"].contains(tag) { rawTextEnd = tag }
        return .start(name: tag, attributes: attributes, isClosed: isClosed)
    }

    private mutating func name() -> String {
        let start = position
        while position < bytes.count, !Self.endsName(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position].lazy.map(Self.lowercased), as: UTF8.self)
    }

    /// What follows an attribute's name: `="…"`, `='…'`, `=…` or nothing.
    private mutating func value() -> String {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { return "" }
        position += 1
        skipBlanks()
        guard position < bytes.count else { return "" }
        let quote = bytes[position]
        let start: Int
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            start = position + 1
            position = bytes[start...].firstIndex(of: quote) ?? bytes.count
            defer { position = min(position + 1, bytes.count) }
            return MarkupEntities.resolve(bytes[start..<position])
        }
        start = position
        while position < bytes.count, !MarkdownText.isBlank(bytes[position]), bytes[position] != UInt8(ascii: ">") {
            position += 1
        }
        return MarkupEntities.resolve(bytes[start..<position])
    }

    private mutating func rawText(until name: String) -> Token? {
        rawTextEnd = nil
        let start = position
        let end = Array("</\(name)".utf8)
        while position < bytes.count {
            guard let tag = bytes[position...].firstIndex(of: UInt8(ascii: "<")) else { break }
            position = tag
            if bytes[tag...].prefix(end.count).lazy.map(Self.lowercased).elementsEqual(end) {
                return tag == start ? next() : .text(MarkupEntities.resolve(bytes[start..<tag]))
            }
            position += 1
        }
        position = bytes.count
        return start < bytes.count ? .text(MarkupEntities.resolve(bytes[start...])) : nil
    }

    private func starts(with text: StaticString) -> Bool {
        guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { bytes[position..<(position + $0.count)].elementsEqual($0) }
    }

    private func ends(with text: StaticString, after start: Int) -> Bool {
        guard position - start >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { bytes[(position - $0.count)..<position].elementsEqual($0) }
    }

    /// Moves behind the next `text`, or to the end when there is none.
    private mutating func skip(past text: StaticString) {
        while position < bytes.count {
            if starts(with: text) {
                position += text.utf8CodeUnitCount
                return
            }
            position += 1
        }
    }

    private mutating func skipBlanks() {
        while position < bytes.count, MarkdownText.isBlank(bytes[position]) { position += 1 }
    }

    private static func startsName(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        MarkdownText.isBlank(byte)
            || [UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "<")].contains(byte)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
