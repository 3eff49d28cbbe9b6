/// Where sentences end: after `.`, `!` or `?` before white space, after their CJK forms, and at line ends.
struct SentenceEnds {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The sentences of a range, white space between them left out.
    func sentences(in range: Range<Int>) -> some Sequence<Range<Int>> {
        sequence(state: range.lowerBound) { position in
            while position < range.upperBound {
                let start = position
                var end = start
                while end < range.upperBound {
                    let width = width(at: end, limit: range.upperBound)
                    end += max(1, width)
                    if width > 0 { break }
                }
                position = end
                while position < range.upperBound, Self.isSpace(bytes[position]) { position += 1 }
                if !bytes[start..<end].allSatisfy(Self.isSpace) { return start..<end }
            }
            return nil
        }
    }

    /// The lines of a range that are not blank.
    func lines(in range: Range<Int>) -> some Sequence<Range<Int>> {
        sequence(state: range.lowerBound) { position in
            while position < range.upperBound {
                let start = position
                let end = firstOffset(bytes, of: UInt8(ascii: "\n"), from: start, to: range.upperBound)
                position = end + 1
                if !bytes[start..<end].allSatisfy(Self.isSpace) { return start..<end }
            }
            return nil
        }
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
