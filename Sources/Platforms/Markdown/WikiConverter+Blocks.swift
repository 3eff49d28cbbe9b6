extension WikiConverter {
    /// The lists that start at the current line: a blank line or another block ends them.
    func list(_ lines: inout WikiLines, depth: Int) -> [MarkdownBlock] {
        var entries: [Entry] = []
        // The numbers of markers of the open lists: "**" after "*" is one level deeper, and so is "****".
        var levels: [Int] = []
        gathering: while let line = lines.peek() {
            switch line.kind {
            case .item(let level, let isNumbered):
                lines.isInDashes = lines.bytes[line.content.lowerBound - 1] != UInt8(ascii: "\n") && isDash(line, lines)
                while let last = levels.last, last > level { levels.removeLast() }
                if levels.last != level, levels.count < MarkdownWriter.maximumNesting { levels.append(level) }
                entries.append(Entry(level: levels.count, isNumbered: isNumbered, content: line.content))
            case .text where !entries.isEmpty:
                let last = entries.count - 1
                entries[last].content = entries[last].content.lowerBound..<line.content.upperBound
            default: break gathering
            }
            lines.skip(line)
        }
        lines.isInDashes = false
        var index = 0
        return lists(entries, &index, level: 1, depth: depth)
    }

    private struct Entry {
        var level: Int
        var isNumbered: Bool
        var content: Range<Int>
    }

    private func isDash(_ line: WikiLines.Line, _ lines: WikiLines) -> Bool {
        let marker = lines.bytes[..<line.content.lowerBound].last {
            $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t")
        }
        return marker == UInt8(ascii: "-")
    }

    private func lists(_ entries: [Entry], _ index: inout Int, level: Int, depth: Int) -> [MarkdownBlock] {
        var lists: [(isNumbered: Bool, items: [MarkdownBlock.ListItem])] = []
        while index < entries.count, entries[index].level >= level {
            let entry = entries[index]
            if entry.level > level {
                let nested = self.lists(entries, &index, level: level + 1, depth: depth)
                if lists.isEmpty { lists.append((false, [.init(blocks: [])])) }
                lists[lists.count - 1].items[lists[lists.count - 1].items.count - 1].blocks += nested
                continue
            }
            index += 1
            if lists.last?.isNumbered != entry.isNumbered { lists.append((entry.isNumbered, [])) }
            lists[lists.count - 1].items.append(.init(blocks: blocks(entry.content, depth: depth, isItem: true)))
        }
        return lists.map { .list(start: $0.isNumbered ? 1 : nil, $0.items) }
    }

    /// The table that starts at the current line.
    func table(_ lines: inout WikiLines, depth: Int) -> MarkdownTable {
        var builder = TableBuilder()
        while let line = lines.peek(), case .row = line.kind {
            let row = WikiRow(&lines, from: line.content.lowerBound)
            lines.move(to: row.next)
            if row.cells.isEmpty { continue }
            builder.startRow()
            for cell in row.cells {
                builder.add(blocks(cell.content, depth: depth), isHeader: cell.isHeader, columns: 1, rows: 1)
            }
        }
        return builder.table
    }
}
