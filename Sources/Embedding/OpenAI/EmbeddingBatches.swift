/// Cuts texts into requests: greedy, in order, under a number of texts and of bytes.
struct EmbeddingBatches: Sequence, IteratorProtocol {
    private let texts: [String]
    private let maximumInputs: Int
    private let maximumBytes: Int
    private var position = 0

    /// - Parameter maximumBytes: of UTF-8 text; a text that is longer travels alone.
    init(_ texts: [String], maximumInputs: Int, maximumBytes: Int) {
        self.texts = texts
        self.maximumInputs = maximumInputs
        self.maximumBytes = maximumBytes
    }

    /// Indices of the next request's texts.
    mutating func next() -> Range<Int>? {
        guard position < texts.count else { return nil }
        let start = position
        var bytes = texts[position].utf8.count
        position += 1
        while position < texts.count, position - start < maximumInputs {
            bytes += texts[position].utf8.count
            if bytes > maximumBytes { break }
            position += 1
        }
        return start..<position
    }
}
