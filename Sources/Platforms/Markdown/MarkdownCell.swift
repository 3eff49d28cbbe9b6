/// The content of a table cell on one line, which is all that Markdown's tables can hold.
///
/// Blocks are joined by `<br>`; lists keep their markers, code keeps its lines, a nested table becomes one line per row.
enum MarkdownCell {
    static func markdown(_ blocks: [MarkdownBlock]) -> [UInt8] {
        var lines: [[UInt8]] = []
        collect(blocks, into: &lines)
        return Array(lines.joined(separator: Array("<br>".utf8)))
    }

    private static func collect(_ blocks: [MarkdownBlock], into lines: inout [[UInt8]]) {
        for block in blocks {
            switch block {
            case .heading(_, let runs): add(runs.map(\.inStrong), to: &lines)
            case .paragraph(let runs): add(runs, to: &lines)
            case .code(_, let text):
                for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
                    add([InlineRun(.code(String(Substring(line))))], to: &lines)
                }
            case .quote(let blocks): collect(blocks, into: &lines)
            case .list(let start, let items):
                for (index, item) in items.enumerated() {
                    let first = lines.count
                    collect(item.blocks, into: &lines)
                    guard lines.count > first else { continue }
                    var marker = start.map { "\(($0) + index). " } ?? "- "
                    if let isDone = item.isDone { marker += isDone ? "[x] " : "[ ] " }
                    lines[first].insert(contentsOf: marker.utf8, at: 0)
                    for nested in lines.indices.dropFirst(first + 1) {
                        lines[nested].insert(contentsOf: "  ".utf8, at: 0)
                    }
                }
            case .table(let table):
                for row in table.rows {
                    let cells = row.map(markdown).filter { !$0.isEmpty }
                    if !cells.isEmpty { lines.append(Array(cells.joined(separator: Array(" / ".utf8)))) }
                }
            case .rule: break
            }
        }
    }

    private static func add(_ runs: [InlineRun], to lines: inout [[UInt8]]) {
        let line = InlineWriter.markdown(runs, .cell)
        if !line.isEmpty { lines.append(line) }
    }
}

extension InlineRun {
    fileprivate var inStrong: InlineRun {
        var run = self
        run.marks.styles.insert(.strong)
        return run
    }
}
