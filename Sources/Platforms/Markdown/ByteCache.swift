/// Finds the next place of bytes, however often and from wherever it is asked, in time linear in the text.
///
/// Each answer holds for a stretch: from where it was asked to the place found.
struct ByteCache {
    private let bytes: [UInt8]
    private let end: Int
    /// Few bytes are ever asked for: a look at all is quicker than a hash.
    private var answers: [(byte: UInt8, from: Int, place: Int)] = []

    init(_ bytes: [UInt8], end: Int) {
        self.bytes = bytes
        self.end = end
    }

    /// The first place of `byte` from `start` on; nil when there is none before the end.
    mutating func next(_ byte: UInt8, from start: Int) -> Int? {
        let known = answers.firstIndex { $0.byte == byte }
        if let known, answers[known].from <= start, start <= answers[known].place {
            return answers[known].place < end ? answers[known].place : nil
        }
        let place = start < end ? bytes.firstIndex(of: byte, in: start..<end) ?? end : end
        if let known { answers[known] = (byte, start, place) } else { answers.append((byte, start, place)) }
        return place < end ? place : nil
    }

    /// The same within one line.
    mutating func nextOnLine(_ byte: UInt8, from start: Int) -> Int? {
        guard let place = next(byte, from: start) else { return nil }
        if let lineEnd = next(UInt8(ascii: "\n"), from: start), lineEnd < place { return nil }
        return place
    }
}
