/// Finds the blocks of a Markdown text, line by line: enough of Markdown to know where it may be cut.
///
/// **Ownership**: borrows the bytes. **Cost**: one pass.
struct MarkdownBlocks: Sequence, IteratorProtocol {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func next() -> MarkdownBlock? {
        while position < bytes.count, isBlank(line(at: position)) { position = after(line(at: position)) }
        guard position < bytes.count else { return nil }
        let first = line(at: position)
        position = after(first)
        if let heading = heading(first) { return heading }
        if let fence = fence(first) { return code(from: first, fence) }
        if isRow(first), position < bytes.count, isDelimiter(line(at: position)) { return table(from: first) }
        return text(from: first)
    }

    private mutating func code(from first: Range<Int>, _ fence: (byte: UInt8, count: Int)) -> MarkdownBlock {
        var end = first.upperBound
        while position < bytes.count {
            let line = line(at: position)
            end = line.upperBound
            position = after(line)
            if let other = self.fence(line), other.byte == fence.byte, other.count >= fence.count,
                trimmed(line).count == other.count
            {
                break
            }
        }
        return MarkdownBlock(kind: .fence, range: first.lowerBound..<end)
    }

    private mutating func table(from first: Range<Int>) -> MarkdownBlock {
        let delimiter = line(at: position)
        var end = delimiter.upperBound
        position = after(delimiter)
        while position < bytes.count {
            let row = line(at: position)
            guard isRow(row) else { break }
            end = row.upperBound
            position = after(row)
        }
        return MarkdownBlock(
            kind: .table(header: first.lowerBound..<delimiter.upperBound), range: first.lowerBound..<end)
    }

    private mutating func text(from first: Range<Int>) -> MarkdownBlock {
        var end = first.upperBound
        while position < bytes.count {
            let line = line(at: position)
            if isBlank(line) || isListItem(line) || heading(line) != nil || fence(line) != nil || isRow(line) { break }
            if let level = underline(line) {
                // A line of = or - makes the line above it a heading; below anything else it is a rule.
                position = after(line)
                let range = first.lowerBound..<line.upperBound
                guard end == first.upperBound, !isListItem(first), !isRow(first), !isQuote(first) else {
                    return MarkdownBlock(kind: .text, range: range)
                }
                return MarkdownBlock(kind: .heading(level: level, title: trimmed(first)), range: range)
            }
            end = line.upperBound
            position = after(line)
        }
        return MarkdownBlock(kind: .text, range: first.lowerBound..<end)
    }
}

// MARK: - Lines

extension MarkdownBlocks {
    private func line(at start: Int) -> Range<Int> {
        start..<firstOffset(bytes, of: UInt8(ascii: "\n"), from: start, to: bytes.count)
    }

    private func after(_ line: Range<Int>) -> Int { Swift.min(line.upperBound + 1, bytes.count) }

    /// Without spaces, tabs and carriage returns at both ends.
    private func trimmed(_ line: Range<Int>) -> Range<Int> {
        var (start, end) = (line.lowerBound, line.upperBound)
        while start < end, Self.isSpace(bytes[start]) { start += 1 }
        while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private func isBlank(_ line: Range<Int>) -> Bool { trimmed(line).isEmpty }

    private func run(of byte: UInt8, in range: Range<Int>) -> Int {
        range.prefix { bytes[$0] == byte }.count
    }

    /// `# Title`, up to six of them.
    private func heading(_ line: Range<Int>) -> MarkdownBlock? {
        let text = trimmed(line)
        let level = run(of: UInt8(ascii: "#"), in: text)
        guard (1...6).contains(level), text.lowerBound - line.lowerBound < 4 else { return nil }
        var title = trimmed(text.lowerBound + level..<text.upperBound)
        guard title.isEmpty || title.lowerBound > text.lowerBound + level else { return nil }
        // A closing row of # belongs to the mark, not to the title.
        let closing = title.reversed().prefix { bytes[$0] == UInt8(ascii: "#") }.count
        if closing > 0, closing == title.count || Self.isSpace(bytes[title.upperBound - closing - 1]) {
            title = trimmed(title.lowerBound..<title.upperBound - closing)
        }
        return MarkdownBlock(kind: .heading(level: level, title: title), range: line)
    }

    private func fence(_ line: Range<Int>) -> (byte: UInt8, count: Int)? {
        let text = trimmed(line)
        guard let first = text.first, case let byte = bytes[first],
            byte == UInt8(ascii: "`") || byte == UInt8(ascii: "~")
        else { return nil }
        let count = run(of: byte, in: text)
        guard count >= 3 else { return nil }
        // ```like this``` is code within a line.
        let rest = text.lowerBound + count..<text.upperBound
        guard byte == UInt8(ascii: "~") || !rest.contains(where: { bytes[$0] == byte }) else { return nil }
        return (byte, count)
    }

    private func isRow(_ line: Range<Int>) -> Bool { starts(line, with: UInt8(ascii: "|")) }

    private func isQuote(_ line: Range<Int>) -> Bool { starts(line, with: UInt8(ascii: ">")) }

    private func starts(_ line: Range<Int>, with byte: UInt8) -> Bool {
        trimmed(line).first.map { bytes[$0] == byte } ?? false
    }

    /// The line below a table's header: bars, dashes and colons.
    private func isDelimiter(_ line: Range<Int>) -> Bool {
        var hasDash = false
        for position in trimmed(line) {
            switch bytes[position] {
            case UInt8(ascii: "-"): hasDash = true
            case UInt8(ascii: "|"), UInt8(ascii: ":"), UInt8(ascii: " "): break
            default: return false
            }
        }
        return hasDash && isRow(line)
    }

    private func underline(_ line: Range<Int>) -> Int? {
        let text = trimmed(line)
        guard text.count >= 2, let first = text.first else { return nil }
        let byte = bytes[first]
        guard byte == UInt8(ascii: "=") || byte == UInt8(ascii: "-"), run(of: byte, in: text) == text.count else {
            return nil
        }
        return byte == UInt8(ascii: "=") ? 1 : 2
    }

    /// `- item`, `* item`, `+ item`, `1. item` or `1) item`.
    private func isListItem(_ line: Range<Int>) -> Bool {
        let text = trimmed(line)
        guard let first = text.first else { return false }
        var end = first
        switch bytes[first] {
        case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"): end += 1
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            end = text.first { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[$0]) } ?? text.upperBound
            guard end < text.upperBound, bytes[end] == UInt8(ascii: ".") || bytes[end] == UInt8(ascii: ")") else {
                return false
            }
            end += 1
        default: return false
        }
        return end < text.upperBound && Self.isSpace(bytes[end])
    }
}
