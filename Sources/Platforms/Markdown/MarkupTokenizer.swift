/// Cuts storage format or HTML into tags and texts, byte by byte, never failing.
///
/// Our own instead of libxml2, weighed up for this one job: Confluence's storage format is XML without a root, without the
/// declarations of its `ac:` and `ri:` prefixes and without a DTD for its two hundred named entities, so an XML parser has to
/// be fed a made-up document and told to recover, and an HTML parser drops CDATA, where all code lives. Neither then gives
/// less work than these lines; both bring DTDs, external entities and C memory into the path of texts that strangers write.
/// Here nothing is ever fetched or expanded, time is linear in the input, and memory is bounded by it.
struct MarkupTokenizer {
    /// Ranges are of the source; nothing is copied.
    enum Token {
        case start(MarkupName, hash: UInt32, isClosed: Bool)
        case end(MarkupName, hash: UInt32)
        case text(Range<Int>, hasReferences: Bool)
    }

    struct Attribute {
        var name: Range<Int>
        var value: Range<Int>
    }

    private let bytes: [UInt8]
    private let isHTML: Bool
    private var position = 0
    /// Set after `<script>` and the like: their content is text up to the end tag of that name.
    private var rawTextEnd: MarkupName?
    /// The attributes of all start tags so far; those of the last one at the end.
    private(set) var attributes: [Attribute] = []
    /// Whether a document type came with declarations of its own, as entity bombs do. They are never read.
    private(set) var hasDeclarations = false

    init(_ bytes: [UInt8], isHTML: Bool) {
        self.bytes = bytes
        self.isHTML = isHTML
    }

    mutating func next() -> Token? {
        if let name = rawTextEnd { return rawText(until: name) }
        while position < bytes.count {
            if bytes[position] != UInt8(ascii: "<") {
                let start = position
                position = bytes.firstIndex(of: UInt8(ascii: "<"), from: start) ?? bytes.count
                let reference = bytes.firstIndex(of: UInt8(ascii: "&"), in: start..<position)
                return .text(start..<position, hasReferences: reference != nil)
            }
            if starts(with: "<![CDATA[") { return .text(section(), hasReferences: false) }
            if starts(with: "<!--") {
                skip(past: "-->")
            } else if starts(with: "<!") || starts(with: "<?") {
                skipDeclaration()
            } else if let token = tag() {
                return token
            } else {
                // A lone "<" is text.
                position += 1
                return .text((position - 1)..<position, hasReferences: false)
            }
        }
        return nil
    }

    /// A CDATA section; adjoining ones, as `]]>` has to be written, give adjoining texts.
    private mutating func section() -> Range<Int> {
        let start = position + 9
        position = start
        return skip(past: "]]>") ? start..<(position - 3) : start..<position
    }

    /// Declarations and processing instructions; nothing in them is read.
    private mutating func skipDeclaration() {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: ">") { return }
            if byte == UInt8(ascii: "[") {
                hasDeclarations = true
                skip(past: "]")
            }
        }
    }

    private mutating func tag() -> Token? {
        var cursor = position + 1
        let isEnd = cursor < bytes.count && bytes[cursor] == UInt8(ascii: "/")
        if isEnd { cursor += 1 }
        guard cursor < bytes.count, Self.startsName(bytes[cursor]) else { return nil }
        position = cursor
        var hash = MarkupName.Hash()
        while position < bytes.count, !Self.endsName(bytes[position]) {
            hash.add(MarkdownText.lowercased(bytes[position]))
            position += 1
        }
        let name = MarkupName.find(bytes[cursor..<position], hash: hash.value)
        let isClosed = readAttributes(keep: !isEnd)
        if isEnd { return .end(name, hash: hash.value) }
        if isHTML, !isClosed, [.script, .style, .textarea, .title].contains(name) { rawTextEnd = name }
        return .start(name, hash: hash.value, isClosed: isClosed)
    }

    /// - Returns: whether the tag ends in `/>`.
    private mutating func readAttributes(keep: Bool) -> Bool {
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
                let start = position
                while position < bytes.count, !Self.endsName(bytes[position]) { position += 1 }
                let name = start..<position
                let value = value()
                if keep { attributes.append(Attribute(name: name, value: value)) }
            } else {
                position += 1
            }
        }
        return isClosed
    }

    /// What follows an attribute's name: `="…"`, `='…'`, `=…` or nothing.
    private mutating func value() -> Range<Int> {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { return position..<position }
        position += 1
        skipBlanks()
        guard position < bytes.count else { return position..<position }
        let quote = bytes[position]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let start = position + 1
            let end = bytes.firstIndex(of: quote, from: start) ?? bytes.count
            position = min(end + 1, bytes.count)
            return start..<end
        }
        let start = position
        while position < bytes.count, !MarkdownText.isBlank(bytes[position]), bytes[position] != UInt8(ascii: ">") {
            position += 1
        }
        return start..<position
    }

    private mutating func rawText(until name: MarkupName) -> Token? {
        rawTextEnd = nil
        let start = position
        let end = Array("</\(name.rawValue)".utf8)
        while let tag = bytes.firstIndex(of: UInt8(ascii: "<"), from: position) {
            if bytes[tag...].prefix(end.count).lazy.map(MarkdownText.lowercased).elementsEqual(end) {
                position = tag
                return tag == start ? next() : .text(start..<tag, hasReferences: true)
            }
            position = tag + 1
        }
        position = bytes.count
        return start < bytes.count ? .text(start..<bytes.count, hasReferences: true) : nil
    }

    private func starts(with text: StaticString) -> Bool {
        guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where bytes[position + index] != text.utf8Start[index] { return false }
        return true
    }

    /// Moves behind the next `text`, or to the end when there is none.
    ///
    /// - Returns: whether it was there.
    @discardableResult private mutating func skip(past text: StaticString) -> Bool {
        let first = text.utf8Start[0]
        while let found = bytes.firstIndex(of: first, from: position) {
            position = found
            if starts(with: text) {
                position += text.utf8CodeUnitCount
                return true
            }
            position += 1
        }
        position = bytes.count
        return false
    }

    private mutating func skipBlanks() {
        while position < bytes.count, MarkdownText.isBlank(bytes[position]) { position += 1 }
    }

    private static func startsName(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "<"): true
        default: MarkdownText.isBlank(byte)
        }
    }
}
