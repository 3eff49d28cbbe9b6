/// Writes blocks as GitHub-flavoured Markdown: one blank line between blocks, none inside lists, the same text every time.
///
/// Lines get the prefix of the lists and quotes around them as they are written, so nothing is written twice. Past
/// ``maximumNesting`` levels the prefix grows no more: a hostile body cannot blow up the output.
struct MarkdownWriter {
    static let maximumNesting = 24

    private(set) var bytes: [UInt8] = []
    private var prefix: [UInt8] = []
    private var nesting = 0

    /// The Markdown of a body, without a line end at its end.
    static func markdown(_ blocks: [MarkdownBlock]) -> String {
        var writer = MarkdownWriter()
        writer.write(blocks)
        while writer.bytes.last.map(MarkdownText.isBlank) == true { writer.bytes.removeLast() }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Writes blocks from the current column on; the caller ends the line.
    private mutating func write(_ blocks: [MarkdownBlock], isItem: Bool = false) {
        var previous: MarkdownBlock?
        for block in blocks where !block.isEmpty {
            if let previous {
                endLine()
                // A nested list follows its item's text closely.
                if !(isItem && block.isList && !previous.isList) { blankLine() }
                bytes += prefix
            }
            write(block)
            previous = block
        }
    }

    private mutating func write(_ block: MarkdownBlock) {
        switch block {
        case .heading(let level, let runs):
            bytes += [UInt8](repeating: UInt8(ascii: "#"), count: min(max(level, 1), 6))
            bytes.append(UInt8(ascii: " "))
            bytes += InlineWriter.markdown(runs, .heading)
        case .paragraph(let runs): lines(InlineWriter.markdown(runs, .paragraph))
        case .code(let language, let text): write(code: text, language: language)
        case .quote(let blocks):
            nest(first: "> ", others: "> ") { $0.write(blocks) }
        case .list(let start, let items): write(items, start: start)
        case .table(let table): write(table)
        case .rule: bytes += "---".utf8
        }
    }

    private mutating func write(_ items: [MarkdownBlock.ListItem], start: Int?) {
        var number = start ?? 0
        var isFirst = true
        for item in items {
            if !isFirst {
                endLine()
                bytes += prefix
            }
            isFirst = false
            let marker = start == nil ? "- " : "\(number). "
            number += 1
            nest(first: marker, others: String(repeating: " ", count: marker.utf8.count)) { writer in
                if let isDone = item.isDone { writer.bytes += (isDone ? "[x] " : "[ ] ").utf8 }
                writer.write(item.blocks, isItem: true)
            }
        }
    }

    private mutating func nest(first: String, others: String, _ body: (inout MarkdownWriter) -> Void) {
        bytes += first.utf8
        let outer = prefix
        if nesting < Self.maximumNesting { prefix += others.utf8 }
        nesting += 1
        body(&self)
        nesting -= 1
        prefix = outer
    }

    private mutating func write(code: String, language: String) {
        let text = Array(code.utf8)
        let ticks = max(3, MarkdownText.longestRun(of: UInt8(ascii: "`"), in: text) + 1)
        let fence = [UInt8](repeating: UInt8(ascii: "`"), count: ticks)
        bytes += fence
        bytes += language.utf8
        endLine()
        bytes += prefix
        if !text.isEmpty {
            lines(text)
            endLine()
            bytes += prefix
        }
        bytes += fence
    }

    /// Writes text line by line behind the prefix.
    private mutating func lines(_ text: [UInt8]) {
        var start = 0
        while let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) {
            bytes += text[start..<end]
            endLine()
            bytes += prefix
            start = end + 1
        }
        bytes += text[start...]
    }

    private mutating func write(_ table: MarkdownTable) {
        let width = table.rows.map(\.count).max() ?? 0
        // Rows of very wide tables are not filled up: spans could multiply a small body into a large one.
        let filled = width <= 32 ? width : 0
        var rows = table.rows[...]
        let header = table.hasHeader ? rows.popFirst() ?? [] : []
        row(header.map(MarkdownCell.markdown), width: width)
        endLine()
        bytes += prefix
        row([[UInt8]](repeating: Array("---".utf8), count: width), width: width)
        for cells in rows {
            endLine()
            bytes += prefix
            row(cells.map(MarkdownCell.markdown), width: filled)
        }
    }

    private mutating func row(_ cells: [[UInt8]], width: Int) {
        bytes.append(UInt8(ascii: "|"))
        for index in 0..<max(width, cells.count) {
            bytes.append(UInt8(ascii: " "))
            if index < cells.count, !cells[index].isEmpty {
                bytes += cells[index]
                bytes.append(UInt8(ascii: " "))
            }
            bytes.append(UInt8(ascii: "|"))
        }
    }

    private mutating func endLine() {
        // Quotes and items leave their blanks on empty lines otherwise.
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func blankLine() {
        bytes += prefix
        endLine()
    }
}

extension MarkdownBlock {
    fileprivate var isList: Bool {
        if case .list = self { true } else { false }
    }

    /// Whether nothing would be seen of it.
    var isEmpty: Bool {
        switch self {
        case .heading(_, let runs), .paragraph(let runs): runs.allSatisfy(\.isBlank)
        case .code(_, let text): text.utf8.allSatisfy(MarkdownText.isBlank)
        case .quote(let blocks): blocks.allSatisfy(\.isEmpty)
        case .list(_, let items): items.isEmpty
        case .table(let table): table.rows.allSatisfy { $0.allSatisfy { $0.allSatisfy(\.isEmpty) } }
        case .rule: false
        }
    }
}

extension InlineRun {
    /// Whether nothing would be seen of it.
    var isBlank: Bool {
        switch content {
        case .text(let text), .code(let text): text.utf8.allSatisfy(MarkdownText.isBlank)
        case .lineBreak: true
        case .image: false
        }
    }
}
