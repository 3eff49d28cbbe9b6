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
        switch separator {
        case .blankLine: splitAtBlankLines(range, firstCut: firstCut)
        case .newline: split(range, atEvery: UInt8(ascii: "\n"), then: .space)
        case .space: split(range, atEvery: UInt8(ascii: " "), then: .none)
        case .none: splitAnywhere(range)
        }
    }

    private mutating func splitAtBlankLines(_ range: Range<Int>, firstCut: Int) {
        var start = range.lowerBound
        var end = firstCut
        while true {
            if start < end { add(start..<end) }
            if end == range.upperBound { break }
            start = end
            end = next(.blankLine, from: start + 2, to: range.upperBound)
        }
        flush()
    }

    /// What cutting before every such byte and merging the parts comes to, without looking at each part: the chunk goes to the
    /// last cut that fits, and the next one begins at the first cut that may be repeated.
    private mutating func split(_ range: Range<Int>, atEvery byte: UInt8, then finer: Separator) {
        var start = range.lowerBound
        while start < range.upperBound {
            let part = start..<firstOffset(bytes, of: byte, from: start + 1, to: range.upperBound)
            if isLong(part) {
                split(part, by: finer)
                start = part.upperBound
            } else {
                start = merge(start..<range.upperBound, atEvery: byte, then: finer)
            }
        }
    }

    /// Cuts a range that begins with a part of less than ``size``, up to the end or behind the first part that is longer.
    ///
    /// - Returns: where it ended.
    private mutating func merge(_ range: Range<Int>, atEvery byte: UInt8, then finer: Separator) -> Int {
        var start = range.lowerBound
        while true {
            let reach = offset(bytes, from: start, advancedBy: size, limit: range.upperBound)
            guard reach < range.upperBound else {
                emit(start..<reach)
                return reach
            }
            // There is one: what the chunk begins with is less than `size`.
            var end = reach
            while bytes[end] != byte { end -= 1 }
            emit(start..<end)
            let part = end..<firstOffset(bytes, of: byte, from: end + 1, to: range.upperBound)
            if isLong(part) {
                split(part, by: finer)
                return part.upperBound
            }
            // As much as may be repeated, but never so much that the next part does not fit.
            let repeated = min(overlap, size - scalarCount(bytes, part))
            start = firstOffset(
                bytes, of: byte, from: offset(bytes, from: end, goneBack: repeated, limit: start), to: end)
        }
    }

    /// Whether LangChain cuts a part further instead of merging it.
    private func isLong(_ part: Range<Int>) -> Bool {
        // No scalar has more than 4 bytes, so most of the long ones need not be counted.
        part.count >= size * 4 || scalarCount(bytes, part) >= size
    }

    /// One part between blank lines: merged with its neighbours when it is small enough, otherwise cut at finer separators.
    private mutating func add(_ part: Range<Int>) {
        // A part of 4 bytes per scalar of `size` cannot be smaller, so most of the long ones need not be counted.
        let length = part.count >= size * 4 ? size : scalarCount(bytes, part)
        guard length < size else {
            flush()
            return split(part, by: .newline)
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
