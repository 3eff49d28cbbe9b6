public import Shared

/// Cuts a text into chunks.
///
/// Implementations are values without state: the same text, settings and budget always give the same chunks, on any thread.
public protocol Chunker: Sendable {
    /// The chunks of `text` in order; none when it holds nothing but white space.
    ///
    /// - Parameter budget: what the model takes; nil when that is not known, so that only the settings' size counts.
    ///
    /// **Cost**: the cuts are found before this returns (linear in the text); contents are copied one by one as the
    /// collection is read.
    func chunks(of text: String, budget: TokenBudget?) -> Chunks
}

extension Chunker {
    /// The chunks of `text`, whatever number of tokens they have.
    public func chunks(of text: String) -> Chunks { chunks(of: text, budget: nil) }
}

/// Picks the chunker that the settings name.
public func makeChunker(_ settings: ChunkSettings) -> any Chunker {
    switch settings.strategy {
    case .recursive: RecursiveChunker(settings)
    case .markdown: MarkdownChunker(settings)
    }
}
