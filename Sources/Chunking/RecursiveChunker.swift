public import Shared

/// Cuts at blank lines, then at line ends, then at spaces, then anywhere: whichever first gives small enough parts.
///
/// The result is character for character that of LangChain's `RecursiveCharacterTextSplitter(chunk_size, chunk_overlap)`
/// with its defaults (separators blank line, newline, space, none; separator kept at the start; white space stripped;
/// lengths as Python's `len`). Tests compare with the real one (`dev/compare/langchain_chunks.py`). Chunks that have more
/// tokens than the model takes are cut once more, smaller.
///
/// **Cost**: linear in the text for any input and at most five passes over it; working memory is one chunk's worth of
/// offsets, next to the cuts that are returned.
/// **Source**: langchain-text-splitters 1.1.3, `character.py` (`_split_text`) and `base.py` (`_merge_splits`).
public struct RecursiveChunker: Chunker {
    private let settings: ChunkSettings

    public init(_ settings: ChunkSettings) { self.settings = settings }

    public func chunks(of text: String, budget: TokenBudget?) -> Chunks {
        var text = text
        let ranges = text.withUTF8 { utf8 in
            var cutter = RecursiveCutter(
                utf8, size: settings.sizeInScalars, overlap: settings.overlapInScalars)
            cutter.cut()
            guard let budget else { return cutter.ranges }
            let splitter = TokenSplitter(
                utf8, budget: budget, size: settings.sizeInScalars, overlap: settings.overlapInScalars)
            let room = budget.room(under: [])
            return cutter.ranges.flatMap { splitter.split($0, room: room) }
        }
        return Chunks(text: text, pieces: ranges.map { ChunkPiece($0) })
    }
}
