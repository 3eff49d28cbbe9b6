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

    private let place: Place
    private(set) var bytes: [UInt8] = []
    private var open: [InlineMarks.Delimiter] = []
    private var hasPendingBlank = false
    private var pendingBreaks = 0
    private var isLineStart = true

    init(_ place: Place) { self.place = place }

    static func markdown(_ runs: [InlineRun], _ place: Place) -> [UInt8] {
        var writer = InlineWriter(place)
        writer.write(runs)
        return writer.bytes
    }

    private mutating func write(_ runs: [InlineRun]) {
        var index = 0
        while index < runs.count {
            let run = runs[index]
            index += 1
            switch run.content {
            case .text(let text):
                // A link shown as its own address needs no brackets.
                if let link = run.marks.link, text == link, link.hasPrefix("http") {
                    var marks = run.marks
                    marks.link = nil
                    begin(marks)
                    append(Array(link.utf8))
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
                if !bytes.isEmpty { pendingBreaks += 1 }
            case .image(let alt, let destination):
                begin(run.marks)
                append(Array("![\(MarkdownText.escapedLabel(alt))](\(destination))".utf8))
            }
        }
        close(downTo: 0)
    }

    private mutating func write(_ text: String, _ marks: InlineMarks) {
        var text = text
        text.withUTF8 { utf8 in
            var index = 0
            while index < utf8.count {
                if MarkdownText.isBlank(utf8[index]) {
                    hasPendingBlank = hasPendingBlank || !bytes.isEmpty
                    index += 1
                    continue
                }
                var end = index
                while end < utf8.count, !MarkdownText.isBlank(utf8[end]) { end += 1 }
                begin(marks)
                let word = UnsafeBufferPointer(rebasing: utf8[index..<end])
                MarkdownText.escape(
                    word, next: end < utf8.count ? utf8[end] : nil, atLineStart: isLineStart && place == .paragraph,
                    inCell: place == .cell, into: &bytes)
                isLineStart = false
                index = end
            }
        }
    }

    private mutating func write(code: String, _ marks: InlineMarks) {
        let words = code.utf8.split(whereSeparator: MarkdownText.isBlank)
        guard !words.isEmpty else {
            hasPendingBlank = hasPendingBlank || (!code.isEmpty && !bytes.isEmpty)
            return
        }
        // Blanks around the code stand outside it.
        if let first = code.utf8.first, MarkdownText.isBlank(first) {
            hasPendingBlank = hasPendingBlank || !bytes.isEmpty
        }
        begin(marks)
        var body = Array(words.joined(separator: CollectionOfOne(UInt8(ascii: " "))))
        let fence = [UInt8](
            repeating: UInt8(ascii: "`"), count: MarkdownText.longestRun(of: UInt8(ascii: "`"), in: body) + 1)
        if body.first == UInt8(ascii: "`") || body.last == UInt8(ascii: "`") {
            body = [UInt8(ascii: " ")] + body + [UInt8(ascii: " ")]
        }
        if place == .cell { body = MarkdownText.escapedPipes(body) }
        append(fence + body + fence)
        if let last = code.utf8.last, MarkdownText.isBlank(last) { hasPendingBlank = true }
    }

    private mutating func append(_ text: [UInt8]) {
        bytes += text
        isLineStart = false
    }

    /// Closes marks that end, writes blanks held back, opens new marks: what must precede visible content.
    private mutating func begin(_ marks: InlineMarks) {
        let wanted = marks.delimiters
        // A mark does not reach over a line break: some readers end it there.
        let kept = pendingBreaks == 0 ? open.prefix { wanted.contains($0) } : []
        let new = wanted.filter { !kept.contains($0) }
        close(downTo: kept.count)
        settleBlanks()
        for delimiter in new {
            append(Array(delimiter.open.utf8))
            open.append(delimiter)
        }
    }

    private mutating func close(downTo count: Int) {
        while open.count > count { bytes += open.removeLast().close.utf8 }
    }

    private mutating func settleBlanks() {
        if pendingBreaks > 0 {
            switch place {
            case .paragraph:
                // Two breaks in a row were meant as a new paragraph.
                bytes += pendingBreaks > 1 ? "\n\n".utf8 : "\\\n".utf8
                isLineStart = true
            case .heading: bytes.append(UInt8(ascii: " "))
            case .cell: bytes += "<br>".utf8
            }
        } else if hasPendingBlank {
            bytes.append(UInt8(ascii: " "))
        }
        pendingBreaks = 0
        hasPendingBlank = false
    }
}
