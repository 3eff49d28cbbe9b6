import CShims

/// How the C library keeps memory that was given back, for programs whose pages and messages are large and short-lived and pass
/// through many threads: with its defaults such a process ends up holding a good deal of what it needed for a moment.
public enum HeapPolicy {
    /// Call once, before anything large is allocated. Source: mallopt(3).
    ///
    /// An extractor that reads pages of 1,000 documents of 4 KB takes 64 MB at most in place of 82 (`dev/extraction`, debug
    /// build).
    public static func giveBackEarly() {
        // Each larger block is mapped on its own and goes back to the system when it is freed. Setting the threshold also
        // keeps the library from raising it.
        _ = ohra_heap_map_blocks_from(256 << 10)
        // By default eight for each core, each keeping its own remains.
        _ = ohra_heap_limit_arenas(2)
    }
}
