public import Shared

/// Cuts Markdown at its headings, then between blocks, then between rows, lines and sentences.
///
/// - A chunk never reaches over a heading, and knows the headings above it.
/// - Code and rows of tables are cut only when they do not fit by themselves; a table that goes on in another chunk has its
///   header there again.
/// - Where one block takes more than a chunk, its sentences are repeated up to the overlap; nothing else is.
///
/// **Cost**: linear in the text.
public struct MarkdownChunker: Chunker {
    private let settings: ChunkSettings

    public init(_ settings: ChunkSettings) { self.settings = settings }

    public func chunks(of text: String, budget: TokenBudget?) -> Chunks {
        var text = text
        let (pieces, headings) = text.withUTF8 { utf8 in
            var cutter = MarkdownCutter(utf8, settings: settings, budget: budget)
            cutter.cut()
            return (cutter.pieces, cutter.headings)
        }
        return Chunks(text: text, pieces: pieces, headings: headings)
    }
}
