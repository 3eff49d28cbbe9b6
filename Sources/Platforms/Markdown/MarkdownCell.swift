/// The content of a table cell on one line, which is all that Markdown's tables can hold.
///
/// Blocks are joined by `<br>`; lists keep their markers, code keeps its lines, a nested table becomes one line per row.
struct MarkdownCell {
    private var bytes: [UInt8]
    private var hasLine = false
    /// What the next line starts with: the marker of the item that it begins.
    private var marker = ""
    private var indentation = 0

    /// Appends to `bytes`; taken out and put back, so that nothing is copied.
    static func write(_ blocks: [MarkdownBlock], to bytes: inout [UInt8]) {
        var cell = MarkdownCell(bytes: bytes)
        bytes = []
        cell.write(blocks)
        bytes = cell.bytes
    }

    private init(bytes: consuming [UInt8]) { self.bytes = bytes }

    private mutating func write(_ blocks: [MarkdownBlock]) {
        for block in blocks where !block.isEmpty {
            switch block {
            case .heading(_, let runs):
                write(
                    runs.map { run in
                        var run = run
                        run.marks.styles.insert(.strong)
                        return run
                    })
            case .paragraph(let runs): write(runs)
            case .code(_, let text):
                for line in text.split(separator: UInt8(ascii: "\n")) where !line.allSatisfy(MarkdownText.isBlank) {
                    write([InlineRun(.code(line))])
                }
            case .quote(let blocks): write(blocks)
            case .list(let start, let items):
                for (index, item) in items.enumerated() { write(item, number: start.map { $0 + index }) }
            case .table(let table): for row in table.rows { write(row: row) }
            case .rule: break
            }
        }
    }

    private mutating func write(_ item: MarkdownBlock.ListItem, number: Int?) {
        if item.blocks.isEmpty { return }
        marker = number.map { "\($0). " } ?? "- "
        if let isDone = item.isDone { marker += isDone ? "[x] " : "[ ] " }
        let outer = indentation
        var blocks = item.blocks[...]
        if let first = blocks.popFirst() { write([first]) }
        marker = ""
        if indentation < MarkdownWriter.maximumNesting { indentation += 2 }
        write(Array(blocks))
        indentation = outer
    }

    private mutating func write(row: [[MarkdownBlock]]) {
        var isFirst = true
        for cell in row where !cell.isEmpty {
            if isFirst { startLine() } else { bytes += " / ".utf8 }
            isFirst = false
            Self.write(cell, to: &bytes)
        }
    }

    private mutating func write(_ runs: [InlineRun]) {
        startLine()
        InlineWriter.write(runs, .cell, to: &bytes)
    }

    private mutating func startLine() {
        if hasLine { bytes += "<br>".utf8 }
        hasLine = true
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: hasLine ? indentation : 0))
        bytes += marker.utf8
        marker = ""
    }
}
