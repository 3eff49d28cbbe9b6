/// The chunks of one text: the text itself and where to cut it.
///
/// **Cost**: some bytes per chunk beside the text; reading an element copies that chunk's bytes. The count is known before
/// the first chunk is copied, so a huge document need not be held twice.
public struct Chunks: RandomAccessCollection, Sendable {
    private let text: String
    /// In order; ranges may overlap.
    let pieces: [ChunkPiece]
    /// The heading paths that pieces point to.
    private let headings: [[String]]

    /// - Parameter text: contiguous UTF-8, as every native Swift string is; the pieces are of this text.
    init(text: String, pieces: [ChunkPiece], headings: [[String]] = []) {
        self.text = text
        self.pieces = pieces
        self.headings = headings
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { pieces.count }

    public subscript(position: Int) -> Chunk {
        let piece = pieces[position]
        let content = (piece.lead.map { "\(self[$0])\n" } ?? "") + self[piece.range]
        return Chunk(index: position, content: content, heading: piece.heading.map { headings[$0] } ?? [])
    }

    /// Through Substring, because that copies bytes known to be valid; `String(decoding:)` would verify them again.
    private subscript(range: Range<Int>) -> String {
        let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
        let end = text.utf8.index(start, offsetBy: range.count)
        return String(text[start..<end])
    }
}
