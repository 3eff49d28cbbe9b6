import ArgumentParser

/// What a search goes by.
enum SearchMode: String, CaseIterable, ExpressibleByArgument {
    /// Meaning and words, fused by rank.
    case both
    /// The dense vectors alone.
    case meaning
    /// The sparse vectors alone; needs no embedding model.
    case words
}
