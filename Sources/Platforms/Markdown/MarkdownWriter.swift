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
        var previous: MarkdownBlock.Kind?
        var hasOtherMarker = false
        for block in blocks where !block.isEmpty {
            let kind = block.kind
            if let previous {
                endLine()
                // A nested list follows its item's text closely.
                if !(isItem && kind != .other && previous == .other) { blankLine() }
                bytes += prefix
            }
            // Two lists in a row are two only if their markers differ.
            hasOtherMarker = kind != .other && kind == previous && !hasOtherMarker
            write(block, hasOtherMarker: hasOtherMarker)
            previous = kind
        }
    }

    private mutating func write(_ block: MarkdownBlock, hasOtherMarker: Bool) {
        switch block {
        case .heading(let level, let runs):
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "#"), count: min(max(level, 1), 6)))
            bytes.append(UInt8(ascii: " "))
            InlineWriter.write(runs, .heading, prefix: prefix, to: &bytes)
        case .paragraph(let runs): InlineWriter.write(runs, .paragraph, prefix: prefix, to: &bytes)
        case .code(let language, let text): write(code: text, language: language)
        case .quote(let blocks):
            nest(first: "> ", others: "> ") { $0.write(blocks) }
        case .list(let start, let items): write(items, start: start, hasOtherMarker)
        case .table(let table): write(table)
        case .rule: bytes += "---".utf8
        }
    }

    private mutating func write(_ items: [MarkdownBlock.ListItem], start: Int?, _ hasOtherMarker: Bool) {
        var number = start ?? 0
        var isFirst = true
        for item in items {
            if !isFirst {
                endLine()
                bytes += prefix
            }
            isFirst = false
            let marker = start == nil ? hasOtherMarker ? "* " : "- " : hasOtherMarker ? "\(number)) " : "\(number). "
            number = min(number + 1, 999_999_999)
            nest(first: marker, others: String(repeating: " ", count: marker.utf8.count)) { writer in
                if let isDone = item.isDone { writer.bytes += (isDone ? "[x] " : "[ ] ").utf8 }
                writer.write(item.blocks, isItem: true)
            }
        }
    }

    private mutating func nest(first: String, others: String, _ body: (inout MarkdownWriter) -> Void) {
        bytes += first.utf8
        let outer = prefix.count
        if nesting < Self.maximumNesting { prefix += others.utf8 }
        nesting += 1
        body(&self)
        nesting -= 1
        prefix.removeLast(prefix.count - outer)
    }

    private mutating func write(code text: ArraySlice<UInt8>, language: String) {
        let ticks = max(3, MarkdownText.longestRun(of: UInt8(ascii: "`"), in: text) + 1)
        let fence = repeatElement(UInt8(ascii: "`"), count: ticks)
        bytes += fence
        bytes += language.utf8
        var start = text.startIndex
        while start < text.endIndex {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.endIndex
            bytes.append(UInt8(ascii: "\n"))
            bytes += prefix
            bytes += text[start..<end]
            if start == end { trimLine() }
            start = end + 1
        }
        bytes.append(UInt8(ascii: "\n"))
        bytes += prefix
        bytes += fence
    }

    private mutating func write(_ table: MarkdownTable) {
        let width = table.rows.map(\.count).max() ?? 0
        // Rows of very wide tables are not filled up: spans could multiply a small body into a large one.
        let filled = width <= 32 ? width : 0
        var rows = table.rows[...]
        let header = table.hasHeader ? rows.popFirst() ?? [] : []
        row(header, width: width)
        endLine()
        bytes += prefix
        bytes.append(UInt8(ascii: "|"))
        for _ in 0..<width { bytes += " --- |".utf8 }
        for cells in rows {
            endLine()
            bytes += prefix
            row(cells, width: filled)
        }
    }

    private mutating func row(_ cells: [[MarkdownBlock]], width: Int) {
        bytes.append(UInt8(ascii: "|"))
        for index in 0..<max(width, cells.count) {
            bytes.append(UInt8(ascii: " "))
            if index < cells.count {
                let start = bytes.count
                MarkdownCell.write(cells[index], to: &bytes)
                if bytes.count > start { bytes.append(UInt8(ascii: " ")) }
            }
            bytes.append(UInt8(ascii: "|"))
        }
    }

    private mutating func endLine() {
        trimLine()
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Quotes and items leave their blanks on empty lines otherwise.
    private mutating func trimLine() { while bytes.last == UInt8(ascii: " ") { bytes.removeLast() } }

    private mutating func blankLine() {
        bytes += prefix
        endLine()
    }
}

extension MarkdownBlock {
    fileprivate enum Kind {
        case bullets, numbers, other
    }

    fileprivate var kind: Kind {
        if case .list(let start, _) = self { start == nil ? .bullets : .numbers } else { .other }
    }
}
