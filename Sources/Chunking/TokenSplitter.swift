/// Cuts what has too many tokens again, at the same places as the recursive strategy, until every part fits.
struct TokenSplitter {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let budget: TokenBudget
    private let settings: (size: Int, overlap: Int)

    /// - Parameter bytes: of the whole text, borrowed.
    init(_ bytes: UnsafeBufferPointer<UInt8>, budget: TokenBudget, size: Int, overlap: Int) {
        self.bytes = bytes
        self.budget = budget
        settings = (size, overlap)
    }

    /// The parts of `range`, each of at most `room` tokens unless it is a single scalar; `range` itself when it fits.
    func split(_ range: Range<Int>, room: Int) -> [Range<Int>] {
        let text = UnsafeBufferPointer(rebasing: bytes[range])
        let tokens = budget.tokens(text)
        let scalars = scalarCount(bytes, range)
        guard tokens > room, scalars > 1 else { return [range] }
        // What the same text would take if its tokens were spread evenly, and a little less, because they are not.
        let size = min(max(1, scalars * room / tokens * 9 / 10), scalars - 1)
        let overlap = min(size / 2, size * settings.overlap / max(1, settings.size))
        var cutter = RecursiveCutter(text, size: size, overlap: overlap)
        cutter.cut()
        return cutter.ranges.flatMap { part in
            split(part.lowerBound + range.lowerBound..<part.upperBound + range.lowerBound, room: room)
        }
    }
}
