/// Writes runs of inline content as Markdown.
///
/// Blanks are held back until the next visible content: they collapse to one, vanish at both ends, and land outside marks
/// that end there. Marks are opened and closed only where they change. Cost: linear in the output.
struct InlineWriter {
    enum Place {
        case paragraph
        /// One line without breaks.
        case heading
        /// One line; breaks become `<br>`, pipes are escaped.
        case cell
    }

    /// Everything written so far, of the blocks before too.
    private(set) var bytes: [UInt8]
    private let place: Place
    /// What a new line starts with.
    private let prefix: [UInt8]
    private let start: Int
    private var signs = InlineSigns()
    private var marks = InlineMarks()
    private var open: [(delimiter: InlineDelimiter, sign: Int, isLink: Bool)] = []
    private var hasPendingBlank = false
    private var pendingBreaks = 0
    private var isLineStart = true
    /// Whether a blank beside a link came since its last word: the next link is another one, even to the same place.
    private var hasLeftLink = false
    /// Whether the last thing written was a sign that is not in `bytes` yet.
    private var isAfterSign = false

    /// Appends to `bytes`; taken out and put back, so that nothing is copied.
    static func write(_ runs: [InlineRun], _ place: Place, prefix: [UInt8] = [], to bytes: inout [UInt8]) {
        var writer = InlineWriter(place, prefix, bytes)
        bytes = []
        writer.write(runs)
        bytes = writer.bytes
    }

    private init(_ place: Place, _ prefix: [UInt8], _ bytes: consuming [UInt8]) {
        self.place = place
        self.prefix = prefix
        start = bytes.count
        self.bytes = bytes
    }

    private var hasWritten: Bool { bytes.count > start || isAfterSign }

    private mutating func write(_ runs: [InlineRun]) {
        var index = 0
        while index < runs.count {
            let run = runs[index]
            index += 1
            switch run.content {
            case .text(let text):
                if let link = run.marks.link, MarkdownText.isAutolink(link, shownAs: text) {
                    var marks = run.marks
                    marks.link = nil
                    begin(marks)
                    append("<\(text.contains(UInt8(ascii: ":")) ? link : String(link.dropFirst("mailto:".count)))>")
                } else {
                    write(text, run.marks)
                }
            case .code(var code):
                while index < runs.count, case .code(let more) = runs[index].content, runs[index].marks == run.marks {
                    code += more
                    index += 1
                }
                write(code: code, run.marks)
            case .lineBreak:
                hasPendingBlank = false
                if hasWritten { pendingBreaks += 1 }
            case .image(let alt, let destination):
                begin(run.marks)
                append("![\(MarkdownText.escapedLabel(alt, inCell: place == .cell))](\(destination))")
            }
        }
        close(downTo: 0)
        escapeClosingHashes()
        signs.settle(into: &bytes)
    }

    private mutating func write(_ text: ArraySlice<UInt8>, _ marks: InlineMarks) {
        var index = text.startIndex
        var hasBegun = false
        while index < text.endIndex {
            if MarkdownText.isBlank(text[index]) {
                hasLeftLink = hasLeftLink || marks.link != self.marks.link
                hasPendingBlank = hasPendingBlank || hasWritten
                index += 1
                continue
            }
            var end = index
            while end < text.endIndex, !MarkdownText.isBlank(text[end]) { end += 1 }
            if !hasBegun { begin(marks) } else if hasPendingBlank { settleBlanks() }
            hasBegun = true
            let context = MarkdownText.Context(
                isLineStart: isLineStart && place == .paragraph, isFirst: !hasWritten, isCell: place == .cell,
                isLink: marks.link != nil, isStruck: marks.styles.contains(.strike), isAfterSign: isAfterSign)
            MarkdownText.escape(text[index..<end], next: end < text.endIndex ? text[end] : nil, context, into: &bytes)
            isLineStart = false
            isAfterSign = false
            index = end
        }
    }

    private mutating func write(code: ArraySlice<UInt8>, _ marks: InlineMarks) {
        let words = code.split(whereSeparator: MarkdownText.isBlank)
        // Blanks around the code stand outside it.
        if let first = code.first, MarkdownText.isBlank(first) { hasPendingBlank = hasPendingBlank || hasWritten }
        guard !words.isEmpty else { return }
        begin(marks)
        var body = Array(words.joined(separator: CollectionOfOne(UInt8(ascii: " "))))
        let fence = [UInt8](
            repeating: UInt8(ascii: "`"), count: MarkdownText.longestRun(of: UInt8(ascii: "`"), in: body) + 1)
        if body.first == UInt8(ascii: "`") || body.last == UInt8(ascii: "`") {
            body = [UInt8(ascii: " ")] + body + [UInt8(ascii: " ")]
        }
        if place == .cell { body = MarkdownText.escapedPipes(body) }
        // A backtick right before would make the fence longer.
        if bytes.count > start, bytes.last == UInt8(ascii: "`"), !isAfterSign { bytes.append(UInt8(ascii: " ")) }
        bytes += fence
        bytes += body
        bytes += fence
        isLineStart = false
        isAfterSign = false
        if let last = code.last, MarkdownText.isBlank(last) { hasPendingBlank = true }
    }

    private mutating func append(_ text: String) {
        bytes += text.utf8
        isLineStart = false
        isAfterSign = false
    }

    /// Closes marks that end, writes blanks held back, opens new marks: what must precede visible content.
    private mutating func begin(_ wanted: InlineMarks) {
        if wanted == marks, !hasLeftLink, pendingBreaks == 0 || open.isEmpty { return settleBlanks() }
        let delimiters = InlineDelimiter.list(of: wanted)
        // A mark does not reach over a line break: some readers end it there.
        let kept =
            pendingBreaks > 0
            ? 0 : open.prefix { delimiters.contains($0.delimiter) && !(hasLeftLink && $0.isLink) }.count
        hasLeftLink = false
        let new = delimiters.filter { delimiter in !open[..<kept].contains { $0.delimiter == delimiter } }
        close(downTo: kept)
        settleBlanks()
        for delimiter in new { open(delimiter) }
        marks = wanted
    }

    private mutating func open(_ delimiter: InlineDelimiter) {
        if delimiter.sign != nil {
            open.append((delimiter, signs.open(delimiter, at: bytes.count), false))
            isAfterSign = true
            return
        }
        var isLink = false
        if case .link = delimiter {
            isLink = true
            // "!" before "[" would make an image of it.
            if bytes.count > start, bytes.last == UInt8(ascii: "!"), !isAfterSign {
                bytes[bytes.count - 1] = UInt8(ascii: "\\")
                bytes.append(UInt8(ascii: "!"))
            }
            append("[")
        } else {
            append("<\(delimiter.element)>")
        }
        open.append((delimiter, -1, isLink))
    }

    private mutating func close(downTo count: Int) {
        while open.count > count {
            let (delimiter, sign, _) = open.removeLast()
            if sign >= 0 {
                signs.close(sign, at: bytes.count)
                isAfterSign = true
            } else if case .link(let destination) = delimiter {
                append("](\(destination))")
            } else {
                append("</\(delimiter.element)>")
            }
        }
        marks = InlineMarks()
    }

    private mutating func settleBlanks() {
        if pendingBreaks > 0 {
            switch place {
            case .paragraph:
                // Two breaks in a row were meant as a new paragraph.
                if pendingBreaks > 1 {
                    bytes.append(UInt8(ascii: "\n"))
                    bytes += prefix
                    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
                    bytes.append(UInt8(ascii: "\n"))
                } else {
                    bytes += "\\\n".utf8
                }
                bytes += prefix
                isLineStart = true
            case .heading: bytes.append(UInt8(ascii: " "))
            case .cell: bytes += "<br>".utf8
            }
            isAfterSign = false
        } else if hasPendingBlank {
            bytes.append(UInt8(ascii: " "))
            isAfterSign = false
        }
        pendingBreaks = 0
        hasPendingBlank = false
    }

    /// A heading that ends in `#` would lose it.
    private mutating func escapeClosingHashes() {
        guard place == .heading, !isAfterSign, bytes.count > start, bytes.last == UInt8(ascii: "#") else { return }
        let hashes = bytes[start...].reversed().prefix { $0 == UInt8(ascii: "#") }.count
        let first = bytes.count - hashes
        if first == start || bytes[first - 1] == UInt8(ascii: " ") {
            bytes.insert(UInt8(ascii: "\\"), at: bytes.count - 1)
        }
    }
}
