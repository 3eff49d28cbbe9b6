/// One run of the recursive strategy over one text's UTF-8.
///
/// **Ownership**: borrows the bytes; must not outlive the closure that lends them.
struct RecursiveCutter {
    /// Where a text may be cut, in the order in which they are tried; the separator stays with the part after it.
    private enum Separator { case blankLine, newline, space, none }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let size: Int
    private let overlap: Int
    private var window: SplitWindow
    private var trimmer: BlankTrimmer
    /// Byte ranges of the chunks found so far.
    private(set) var ranges: [Range<Int>] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, size: Int, overlap: Int) {
        self.bytes = bytes
        self.size = size
        self.overlap = overlap
        window = SplitWindow(size: size, overlap: overlap)
        trimmer = BlankTrimmer(bytes)
    }

    mutating func cut() {
        ranges.reserveCapacity(bytes.count / size + 1)
        split(0..<bytes.count, by: .blankLine)
    }

    /// LangChain's `_split_text`: cuts `range` at the first separator that occurs in it and merges small parts again.
    private mutating func split(_ range: Range<Int>, by first: Separator) {
        var separator = first
        while separator != .none {
            let cut = next(separator, from: range.lowerBound, to: range.upperBound)
            if cut < range.upperBound { return split(range, by: separator, firstCut: cut) }
            separator = finer(than: separator)
        }
        splitAnywhere(range)
    }

    private mutating func split(_ range: Range<Int>, by separator: Separator, firstCut: Int) {
        let width = separator == .blankLine ? 2 : 1
        var start = range.lowerBound
        var end = firstCut
        while true {
            if start < end { add(start..<end, after: separator) }
            if end == range.upperBound { break }
            start = end
            end = next(separator, from: start + width, to: range.upperBound)
        }
        flush()
    }

    /// One part: merged with its neighbours when it is small enough, otherwise cut at finer separators.
    private mutating func add(_ part: Range<Int>, after separator: Separator) {
        // A part of more than 4 bytes per scalar cannot be; so most of the long ones need not be counted.
        let length = part.count >= size * 4 ? size : scalarCount(bytes, part)
        guard length < size else {
            flush()
            return split(part, by: finer(than: separator))
        }
        if let chunk = window.append(start: part.lowerBound, length: length) { emit(chunk..<part.lowerBound) }
        window.end = part.upperBound
    }

    /// Ends the chunk at hand; the next one repeats nothing of it.
    private mutating func flush() {
        guard let start = window.reset() else { return }
        emit(start..<window.end)
    }

    /// What merging parts of one scalar each comes to: windows of `size` scalars, each `size - overlap` after the last.
    private mutating func splitAnywhere(_ range: Range<Int>) {
        guard size > 1 else { return splitIntoScalars(range) }
        var start = range.lowerBound
        var end = offset(bytes, from: start, advancedBy: size, limit: range.upperBound)
        while end < range.upperBound {
            emit(start..<end)
            start = offset(bytes, from: start, advancedBy: size - overlap, limit: range.upperBound)
            end = offset(bytes, from: end, advancedBy: size - overlap, limit: range.upperBound)
        }
        if start < end { emit(start..<end) }
    }

    /// With a size of one nothing is shorter than the size, so LangChain passes every scalar on as it is, blanks too.
    private mutating func splitIntoScalars(_ range: Range<Int>) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = offset(bytes, from: start, advancedBy: 1, limit: range.upperBound)
            ranges.append(start..<end)
            start = end
        }
    }

    private mutating func emit(_ range: Range<Int>) {
        if let trimmed = trimmer.trim(range) { ranges.append(trimmed) }
    }

    private func finer(than separator: Separator) -> Separator {
        switch separator {
        case .blankLine: .newline
        case .newline: .space
        case .space, .none: .none
        }
    }

    /// The offset of the next separator at or after `start`, `limit` when there is none.
    @inline(__always)
    private func next(_ separator: Separator, from start: Int, to limit: Int) -> Int {
        switch separator {
        case .blankLine:
            // The last byte cannot start one.
            var position = start
            while position < limit - 1 {
                position = firstOffset(bytes, of: UInt8(ascii: "\n"), from: position, to: limit - 1)
                if position < limit - 1, bytes[position + 1] == UInt8(ascii: "\n") { return position }
                position += 1
            }
            return limit
        case .newline: return firstOffset(bytes, of: UInt8(ascii: "\n"), from: start, to: limit)
        case .space: return firstOffset(bytes, of: UInt8(ascii: " "), from: start, to: limit)
        case .none: return limit
        }
    }
}
