/// One piece of a document, small enough to be embedded.
public struct Chunk: Sendable, Equatable {
    /// From 0, in the order of the text.
    public let index: Int
    /// A copy of the text, without white space at both ends.
    public let content: String
    /// The headings that the piece stands under, outermost first; always empty with the recursive strategy.
    public let heading: [String]

    public init(index: Int, content: String, heading: [String] = []) {
        self.index = index
        self.content = content
        self.heading = heading
    }
}
