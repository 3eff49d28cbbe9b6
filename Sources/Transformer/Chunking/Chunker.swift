public import Shared

/// Cuts a text into chunks.
///
/// Implementations are values without state: the same text and settings always give the same chunks, on any thread.
public protocol Chunker: Sendable {
    /// The chunks of `text` in order; none when it holds nothing but white space.
    ///
    /// **Cost**: the cuts are found before this returns (linear in the text); contents are copied one by one as the
    /// collection is read.
    func chunks(of text: String) -> Chunks
}

/// Picks the chunker that the settings name.
public func makeChunker(_ settings: ChunkSettings) -> any Chunker {
    switch settings.strategy {
    case .recursive: RecursiveChunker(settings)
    }
}
