import Shared

/// Reads the inline content of wiki markup: marks, links, images, macros, escapes.
///
/// Each byte is looked at once; what might be a mark stands as text until its end is found. Marks may cross: a run carries a
/// set of them.
struct WikiInline {
    /// A mark that is open: where its sign stands among the runs.
    private struct Opener {
        var run: Int
        /// Written `{*}`, which may stand beside letters.
        var isForced: Bool
    }

    let converter: WikiConverter
    let bytes: [UInt8]
    let start: Int
    let end: Int
    let depth: Int
    var macros: WikiMacros
    var index: Int
    /// Marks of all runs: the link around them.
    var marks: InlineMarks
    private var textStart: Int
    private var runs: [InlineRun] = []
    private var openers: [InlineMarks.Styles: Opener] = [:]
    private var places: ByteCache

    static func convert(
        _ range: Range<Int>, of converter: WikiConverter, macros: WikiMacros, depth: Int, marks: InlineMarks = .init(),
        into flow: inout FlowBuilder
    ) {
        guard depth < BodyLimits.maximumDepth else { return flow.text(converter.bytes[range]) }
        let text = converter.bytes[range]
        if marks == InlineMarks(), !text.contains(where: Self.isSpecial) {
            return flow.text(MarkupEntities.resolve(text))
        }
        var inline = WikiInline(
            converter: converter, bytes: converter.bytes, start: range.lowerBound, end: range.upperBound, depth: depth,
            macros: macros, index: range.lowerBound, marks: marks, textStart: range.lowerBound)
        inline.read(into: &flow)
    }

    /// Whether anything but text may start with this byte.
    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\n"), UInt8(ascii: "\\"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "+"), UInt8(ascii: "^"), UInt8(ascii: "~"), UInt8(ascii: "?"), UInt8(ascii: "{"),
            UInt8(ascii: "["), UInt8(ascii: "!"), UInt8(ascii: "("), UInt8(ascii: ";"), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    private init(
        converter: WikiConverter, bytes: [UInt8], start: Int, end: Int, depth: Int, macros: WikiMacros, index: Int,
        marks: InlineMarks, textStart: Int
    ) {
        self.converter = converter
        self.bytes = bytes
        self.start = start
        self.end = end
        self.depth = depth
        self.macros = macros
        self.index = index
        self.marks = marks
        self.textStart = textStart
        places = ByteCache(bytes, end: end)
    }

    private mutating func read(into flow: inout FlowBuilder) {
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "\n"): lineBreak()
            case UInt8(ascii: "\\"): escape()
            case UInt8(ascii: "*"): mark(.strong)
            case UInt8(ascii: "_"): mark(.emphasis)
            case UInt8(ascii: "-"): dash()
            case UInt8(ascii: "+"): mark(.underline)
            case UInt8(ascii: "^"): mark(.superscripted)
            case UInt8(ascii: "~"): mark(.subscripted)
            case UInt8(ascii: "?"):
                if byte(at: index + 1) == UInt8(ascii: "?") { mark(.citation, width: 2) } else { index += 1 }
            case UInt8(ascii: "{"): brace(into: &flow)
            case UInt8(ascii: "["): bracket(into: &flow)
            case UInt8(ascii: "!"): image()
            case UInt8(ascii: "("), UInt8(ascii: ";"): emoticon()
            case UInt8(ascii: ":"): colon()
            default: index += 1
            }
        }
        flush(into: &flow)
    }

    // MARK: Runs

    /// Ends the text before `end` and goes on behind `next`.
    private mutating func endText(at end: Int, next: Int) {
        if textStart < end {
            append(.text(TextCleaner.clean(MarkupEntities.resolve(bytes[textStart..<end]))))
        }
        textStart = next
        index = next
    }

    private mutating func append(_ content: InlineRun.Content) { runs.append(InlineRun(content, marks: marks)) }

    private mutating func replace(through next: Int, by text: String) {
        endText(at: index, next: next)
        append(.text(Array(text.utf8)[...]))
    }

    private mutating func flush(into flow: inout FlowBuilder) {
        endText(at: index, next: index)
        flow.append(runs)
        runs.removeAll()
        if !openers.isEmpty { openers.removeAll() }
    }

    private mutating func lineBreak() {
        endText(at: index, next: index + 1)
        append(.lineBreak)
        // No mark reaches over the end of a line.
        if !openers.isEmpty { openers.removeAll() }
    }

    func byte(at index: Int) -> UInt8? { index >= start && index < end ? bytes[index] : nil }

    private func isASCIIWord(_ byte: UInt8?) -> Bool { byte.map { $0 < 0x80 && MarkdownText.isWordByte($0) } ?? false }

    private func isBlank(at index: Int) -> Bool { byte(at: index).map(MarkdownText.isBlank) ?? true }

    func isWord(before index: Int) -> Bool {
        UnicodeBytes.isWord(UnicodeBytes.scalar(before: index, in: bytes[start..<end]))
    }

    func isWord(at index: Int) -> Bool {
        UnicodeBytes.isWord(UnicodeBytes.scalar(at: index, in: bytes[start..<end])?.scalar)
    }

    // MARK: Marks

    private mutating func mark(_ style: InlineMarks.Styles, width: Int = 1) {
        let sign = bytes[index]
        let next = index + width
        if let opener = openers[style], !opener.isForced, !isBlank(at: index - 1), !isWord(at: next) {
            endText(at: index, next: next)
            // Nothing between them: two signs, no mark.
            if opener.run + 1 < runs.count { return close(style, opener) }
            textStart = next - width
            index = next
            return
        }
        let opens = openers[style] == nil && !isWord(before: index) && !isBlank(at: next) && byte(at: next) != sign
        if opens { open(style, through: next, isForced: false) } else { index = next }
    }

    /// The sign stands as text until the mark is closed.
    private mutating func open(_ style: InlineMarks.Styles, through next: Int, isForced: Bool) {
        let sign = bytes[index..<next]
        endText(at: index, next: next)
        openers[style] = Opener(run: runs.count, isForced: isForced)
        append(.text(sign))
    }

    private mutating func close(_ style: InlineMarks.Styles, _ opener: Opener) {
        openers[style] = nil
        runs[opener.run].content = .text([])
        for run in (opener.run + 1)..<runs.count {
            runs[run].marks.styles.insert(style == .citation ? .emphasis : style)
        }
    }

    private mutating func dash() {
        var after = index
        while after < end, bytes[after] == UInt8(ascii: "-") { after += 1 }
        let count = after - index
        if count == 2 || count == 3, isBlank(at: index - 1), isBlank(at: after) {
            replace(through: after, by: count == 2 ? "–" : "—")
        } else {
            mark(.strike)
        }
    }

    // MARK: Escapes, emoticons, addresses

    /// Two backslashes break the line, one takes its meaning from the next character.
    private mutating func escape() {
        var after = index
        while after < end, bytes[after] == UInt8(ascii: "\\") { after += 1 }
        let count = after - index
        if count >= 2 {
            endText(at: index, next: index + count / 2 * 2)
            for _ in 0..<min(count / 2, 2) { append(.lineBreak) }
        }
        guard count % 2 == 1 else { return }
        if let escaped = byte(at: after), MarkdownText.isPunctuation(escaped) {
            endText(at: index, next: after)
            // A sign is text now; a brace takes its twin with it.
            index = escaped == UInt8(ascii: "{") && byte(at: after + 1) == UInt8(ascii: "{") ? after + 2 : after + 1
        } else {
            index = after
        }
    }

    private mutating func emoticon() {
        guard !isWord(before: index), let (text, length) = WikiEmoticon.find(in: bytes, at: index, end: end),
            bytes[index] == UInt8(ascii: "(") || !isWord(at: index + length)
        else {
            index += 1
            return
        }
        replace(through: index + length, by: text)
    }

    private mutating func colon() {
        guard let address = WikiAddress(bytes, textStart..<end, colon: index) else { return emoticon() }
        endText(at: address.range.lowerBound, next: address.range.upperBound)
        let text = bytes[address.range]
        var linked = marks
        linked.link = linked.link ?? MarkdownText.destination(address.destination)
        runs.append(InlineRun(.text(TextCleaner.clean(text)), marks: linked))
    }

    // MARK: Images, links

    private mutating func image() {
        guard !isWord(before: index), let close = places.nextOnLine(UInt8(ascii: "!"), from: index + 1),
            let image = WikiImage(bytes, (index + 1)..<close)
        else {
            index += 1
            return
        }
        endText(at: index, next: close + 1)
        var builder = FlowBuilder()
        builder.marks = marks
        let alt = image.alt ?? (image.file.contains("://") ? "" : image.file)
        builder.image(alt: alt, address: alt == image.file ? nil : image.file)
        runs += FlowBuilder.runs { $0 = builder }
    }

    private mutating func bracket(into flow: inout FlowBuilder) {
        guard let close = places.nextOnLine(UInt8(ascii: "]"), from: index + 1) else {
            index += 1
            return
        }
        // The inner one of two is the link.
        if let other = places.nextOnLine(UInt8(ascii: "["), from: index + 1), other < close {
            index += 1
            return
        }
        guard let link = WikiLink(bytes, (index + 1)..<close, people: converter.context.people) else {
            index += 1
            return
        }
        let place = index
        endText(at: place, next: close + 1)
        switch link.shown {
        case .text(let text): append(link.destination, .text(TextCleaner.clean(Array(text.utf8)[...])))
        case .mention(let name):
            // Beside a letter or another name it would run into that.
            let before = isASCIIWord(byte(at: place - 1)) || byte(at: place - 1) == UInt8(ascii: "]")
            append(nil, .text(Array((before ? " @" : "@").utf8) + TextCleaner.clean(Array(name.utf8)[...])))
            if isASCIIWord(byte(at: index)) { append(.text([UInt8(ascii: " ")])) }
        case .markup(let range):
            var linked = marks
            linked.link = link.destination.flatMap(MarkdownText.destination)
            runs += FlowBuilder.runs { builder in
                WikiInline.convert(
                    range, of: converter, macros: macros, depth: depth + 1, marks: linked, into: &builder)
            }
        }
    }

    private mutating func append(_ destination: String?, _ content: InlineRun.Content) {
        var linked = marks
        if let destination = destination.flatMap(MarkdownText.destination) { linked.link = destination }
        runs.append(InlineRun(content, marks: linked))
    }

    // MARK: Braces

    private mutating func brace(into flow: inout FlowBuilder) {
        if byte(at: index + 1) == UInt8(ascii: "{") { return monospaced() }
        if byte(at: index + 2) == UInt8(ascii: "}"), let style = Self.style(of: bytes[index + 1]) {
            return forced(style)
        }
        guard let tag = macros.tag(at: index), tag.end <= end else {
            index += 1
            return
        }
        macro(tag, into: &flow)
    }

    private mutating func forced(_ style: InlineMarks.Styles) {
        if let opener = openers[style] {
            endText(at: index, next: index + 3)
            return close(style, opener)
        }
        open(style, through: index + 3, isForced: true)
    }

    private static func style(of sign: UInt8) -> InlineMarks.Styles? {
        switch sign {
        case UInt8(ascii: "*"): .strong
        case UInt8(ascii: "_"): .emphasis
        case UInt8(ascii: "-"): .strike
        case UInt8(ascii: "+"): .underline
        case UInt8(ascii: "^"): .superscripted
        case UInt8(ascii: "~"): .subscripted
        default: nil
        }
    }

    private mutating func monospaced() {
        var from = index + 2
        while let brace = places.nextOnLine(UInt8(ascii: "}"), from: from) {
            if byte(at: brace + 1) == UInt8(ascii: "}") {
                // Of three braces the first belongs to the text.
                let close = byte(at: brace + 2) == UInt8(ascii: "}") ? brace + 1 : brace
                let text = bytes[(index + 2)..<close]
                endText(at: index, next: close + 2)
                append(.code(TextCleaner.clean(Self.withoutEscapes(text))))
                return
            }
            from = brace + 1
        }
        index += 2
    }

    private static func withoutEscapes(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var result: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "\\"), index + 1 < text.endIndex,
                "{}*_-+^~[]!\\".utf8.contains(text[index + 1])
            {
                index += 1
            }
            result.append(text[index])
            index += 1
        }
        return result[...]
    }

    private mutating func macro(_ tag: WikiMacros.Tag, into flow: inout FlowBuilder) {
        let close = tag.hasBody ? macros.close(of: tag) : nil
        let body = tag.end..<min(close?.lowerBound ?? (tag.isVerbatim ? end : tag.end), end)
        let next = min(close?.upperBound ?? body.upperBound, end)
        guard close != nil || tag.isVerbatim || !tag.hasBody else {
            // An end without a start, or the other way round.
            endText(at: index, next: tag.end)
            return
        }
        endText(at: index, next: next)
        if tag.name == "color", bytes.firstIndex(of: UInt8(ascii: "\n"), in: body) == nil {
            return coloured(body, into: &flow)
        }
        flush(into: &flow)
        WikiMacro(tag, body: body, converter: converter, depth: depth).convert(into: &flow)
    }

    /// Colours are dropped; marks inside are a matter of their own.
    private mutating func coloured(_ body: Range<Int>, into flow: inout FlowBuilder) {
        let blocks = FlowBuilder.blocks { builder in
            WikiInline.convert(body, of: converter, macros: macros, depth: depth + 1, marks: marks, into: &builder)
        }
        if case .paragraph(let coloured)? = blocks.first, blocks.count == 1 {
            runs += coloured
        } else if blocks.isEmpty {
            append(.text(bytes[body]))
        } else {
            flush(into: &flow)
            flow.add(blocks)
        }
    }
}

extension InlineMarks.Styles {
    /// `??…??`; becomes emphasis, but the two do not close each other.
    fileprivate static let citation = Self(rawValue: 64)
}
