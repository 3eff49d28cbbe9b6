/// Where one chunk lies in its text: byte offsets into the UTF-8, on scalar boundaries.
struct ChunkPiece: Sendable, Equatable {
    var range: Range<Int>
    /// Repeated in front of the range: the first rows of a table that goes on in this chunk.
    var lead: Range<Int>?
    /// Index into the headings of the text, nil for none.
    var heading: Int?

    init(_ range: Range<Int>, lead: Range<Int>? = nil, heading: Int? = nil) {
        self.range = range
        self.lead = lead
        self.heading = heading
    }
}
