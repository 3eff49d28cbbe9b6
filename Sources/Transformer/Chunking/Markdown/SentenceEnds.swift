/// Where sentences end: after `.`, `!` or `?` before white space, after their CJK forms, and at line ends.
struct SentenceEnds {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The sentences of a range, white space between them left out.
    func sentences(in range: Range<Int>) -> [Range<Int>] {
        var sentences: [Range<Int>] = []
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            let end = position + width(at: position, limit: range.upperBound)
            if end > position {
                if start < end { sentences.append(start..<end) }
                position = end
                while position < range.upperBound, Self.isSpace(bytes[position]) { position += 1 }
                start = position
            } else {
                position += 1
            }
        }
        if start < range.upperBound { sentences.append(start..<range.upperBound) }
        return sentences
    }

    /// The lines of a range that are not blank.
    func lines(in range: Range<Int>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = firstOffset(bytes, of: UInt8(ascii: "\n"), from: start, to: range.upperBound)
            if !bytes[start..<end].allSatisfy(Self.isSpace) { lines.append(start..<end) }
            start = end + 1
        }
        return lines
    }

    /// Bytes of the mark that ends a sentence at `position`, 0 for none.
    private func width(at position: Int, limit: Int) -> Int {
        switch bytes[position] {
        case UInt8(ascii: "\n"): return 1
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
            return position + 1 == limit || Self.isSpace(bytes[position + 1]) ? 1 : 0
        case 0xE3: return matches(position, limit, 0x80, 0x82) ? 3 : 0  // 。
        case 0xEF: return matches(position, limit, 0xBC, 0x81) || matches(position, limit, 0xBC, 0x9F) ? 3 : 0  // ！？
        default: return 0
        }
    }

    private func matches(_ position: Int, _ limit: Int, _ second: UInt8, _ third: UInt8) -> Bool {
        position + 2 < limit && bytes[position + 1] == second && bytes[position + 2] == third
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
