/// The chunks of one text: the text itself and where to cut it.
///
/// **Cost**: 16 bytes per chunk beside the text; reading an element copies that chunk's bytes. The count is known before
/// the first chunk is copied, so a huge document need not be held twice.
public struct Chunks: RandomAccessCollection, Sendable {
    private let text: String
    /// Byte offsets into the text's UTF-8, all on scalar boundaries, in order; they may overlap.
    public let byteRanges: [Range<Int>]

    /// - Parameters:
    ///   - text: contiguous UTF-8, as every native Swift string is.
    ///   - byteRanges: on scalar boundaries of that text.
    init(text: String, byteRanges: [Range<Int>]) {
        self.text = text
        self.byteRanges = byteRanges
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { byteRanges.count }

    public subscript(position: Int) -> Chunk {
        let range = byteRanges[position]
        let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
        let end = text.utf8.index(start, offsetBy: range.count)
        // Through Substring, because that copies bytes known to be valid; `String(decoding:)` would verify them again.
        return Chunk(index: position, content: String(text[start..<end]))
    }
}
