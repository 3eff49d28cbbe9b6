/// One row of a table in wiki markup: `|cell|cell|`, with `||` before header cells.
///
/// A row that is not closed goes on over the next lines, up to a blank one or the next row.
struct WikiRow {
    struct Cell {
        var isHeader: Bool
        var content: Range<Int>
    }

    private(set) var cells: [Cell] = []
    /// Where the line behind the row starts.
    private(set) var next: Int

    private let bytes: [UInt8]
    private let end: Int
    private var scanned: [UInt8: Int] = [:]

    /// - Parameter start: the place of the row's first `|`.
    init(_ lines: inout WikiLines, from start: Int) {
        bytes = lines.bytes
        end = lines.end
        next = end
        var index = start
        while index < end {
            let isHeader = index + 1 < end && bytes[index + 1] == UInt8(ascii: "|")
            index += isHeader ? 2 : 1
            if let lineEnd = lineEnd(from: index) {
                next = min(lineEnd + 1, end)
                return
            }
            let content = index
            index = cellEnd(from: index, &lines.macros)
            cells.append(Cell(isHeader: isHeader, content: content..<index))
            if index < end, bytes[index] == UInt8(ascii: "\n") {
                next = index + 1
                return
            }
        }
    }

    /// The end of the line, when only blanks are left on it.
    private func lineEnd(from start: Int) -> Int? {
        var index = start
        while index < end, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") { index += 1 }
        return index == end || bytes[index] == UInt8(ascii: "\n") ? index : nil
    }

    private mutating func cellEnd(from start: Int, _ macros: inout WikiMacros) -> Int {
        var index = start
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "|"): return index
            case UInt8(ascii: "\n"):
                if isRowEnd(index + 1) { return index }
                index += 1
            case UInt8(ascii: "\\"): index += index + 1 < end && bytes[index + 1] == UInt8(ascii: "\n") ? 1 : 2
            case UInt8(ascii: "["): index = behind(UInt8(ascii: "]"), from: index)
            case UInt8(ascii: "!"): index = behindImage(from: index)
            case UInt8(ascii: "{"): index = behindMacro(from: index, &macros)
            default: index += 1
            }
        }
        return end
    }

    private func isRowEnd(_ lineStart: Int) -> Bool {
        var index = lineStart
        while index < end, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") { index += 1 }
        return index >= end || bytes[index] == UInt8(ascii: "\n") || bytes[index] == UInt8(ascii: "|")
    }

    /// Behind the bracket that closes on this line, so that a `|` inside does not count.
    private mutating func behind(_ closing: UInt8, from start: Int) -> Int {
        // What was looked at in vain is not looked at again: a row full of open brackets takes no time squared.
        var index = max(start + 1, scanned[closing] ?? 0)
        while index < end, bytes[index] != UInt8(ascii: "\n") {
            if bytes[index] == closing { return index + 1 }
            index += 1
        }
        scanned[closing] = index
        return start + 1
    }

    private mutating func behindImage(from start: Int) -> Int {
        guard start + 1 < end, !MarkdownText.isBlank(bytes[start + 1]), bytes[start + 1] != UInt8(ascii: "|") else {
            return start + 1
        }
        let after = behind(UInt8(ascii: "!"), from: start)
        return after > start + 1 && WikiImage(bytes, (start + 1)..<(after - 1)) != nil ? after : start + 1
    }

    private mutating func behindMacro(from start: Int, _ macros: inout WikiMacros) -> Int {
        if start + 1 < end, bytes[start + 1] == UInt8(ascii: "{") {
            let after = behind(UInt8(ascii: "}"), from: start)
            return after > start + 1 ? after : start + 2
        }
        guard let tag = macros.tag(at: start) else { return start + 1 }
        return tag.hasBody ? macros.close(of: tag)?.upperBound ?? tag.end : tag.end
    }
}
