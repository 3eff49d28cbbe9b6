/// Spoils texts in ways that parsers get wrong, the same way for the same seed.
public struct TextMutator: RandomNumberGenerator {
    private var state: UInt64
    private let pieces: [[UInt8]]

    /// - Parameter pieces: what is put into texts: parts of the syntax under test.
    public init(seed: UInt64, pieces: [String]) {
        state = seed
        self.pieces = pieces.map { Array($0.utf8) }
    }

    // SplitMix64.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// One to eight changes of `text`; the result is at most `limit` bytes long.
    public mutating func mutate(_ text: [UInt8], with other: [UInt8], limit: Int = 1 << 16) -> [UInt8] {
        var text = text
        for _ in 0..<Int.random(in: 1...8, using: &self) { change(&text, other) }
        return text.count > limit ? Array(text[..<limit]) : text
    }

    private mutating func change(_ text: inout [UInt8], _ other: [UInt8]) {
        let place = Int.random(in: 0...text.count, using: &self)
        let end = min(text.count, place + Int.random(in: 1...32, using: &self))
        switch Int.random(in: 0..<9, using: &self) {
        case 0: text.insert(contentsOf: pieces.randomElement(using: &self) ?? [], at: place)
        case 1:
            let piece = pieces.randomElement(using: &self) ?? []
            text.insert(
                contentsOf: repeatElement(piece, count: Int.random(in: 2...300, using: &self)).joined(), at: place)
        case 2: text.removeSubrange(place..<end)
        case 3: text.insert(contentsOf: Array(text[place..<end]), at: Int.random(in: 0...text.count, using: &self))
        case 4: if place < text.count { text[place] = UInt8.random(in: 0...255, using: &self) }
        case 5: text.removeSubrange(place...)
        case 6:
            let from = Int.random(in: 0...other.count, using: &self)
            let length = min(other.count - from, Int.random(in: 1...512, using: &self))
            text.insert(contentsOf: other[from..<(from + length)], at: place)
        case 7:
            let from = Int.random(in: 0...text.count, using: &self)
            if from < place { text.replaceSubrange(from..<place, with: pieces.randomElement(using: &self) ?? []) }
        default:
            let part = Array(text[place..<end])
            text.insert(
                contentsOf: repeatElement(part, count: Int.random(in: 2...64, using: &self)).joined(), at: place)
        }
    }
}
