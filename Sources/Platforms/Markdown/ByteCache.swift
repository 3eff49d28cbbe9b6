/// Finds the next place of bytes, however often and from wherever it is asked, in time linear in the text.
///
/// Each answer holds for a stretch: from where it was asked to the place found.
struct ByteCache {
    private let bytes: [UInt8]
    private let end: Int
    private var answers: [UInt8: (from: Int, place: Int)] = [:]

    init(_ bytes: [UInt8], end: Int) {
        self.bytes = bytes
        self.end = end
    }

    /// The first place of `byte` from `start` on; nil when there is none before the end.
    mutating func next(_ byte: UInt8, from start: Int) -> Int? {
        if let answer = answers[byte], answer.from <= start, start <= answer.place {
            return answer.place < end ? answer.place : nil
        }
        let place = start < end ? bytes.firstIndex(of: byte, in: start..<end) ?? end : end
        // Asked from further ahead before: the answers join.
        answers[byte] = (start, place)
        return place < end ? place : nil
    }

    /// The same within one line.
    mutating func nextOnLine(_ byte: UInt8, from start: Int) -> Int? {
        guard let place = next(byte, from: start) else { return nil }
        if let lineEnd = next(UInt8(ascii: "\n"), from: start), lineEnd < place { return nil }
        return place
    }
}
