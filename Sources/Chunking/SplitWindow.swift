/// The parts of the chunk being put together: LangChain's `_merge_splits` on offsets.
///
/// Parts lie one after the other in the text, so a chunk is the bytes from its first part to its last one. Every part is
/// shorter than `size` and has at least one scalar, so there are never more than `size` of them.
struct SplitWindow {
    private let size: Int
    private let overlap: Int
    private var parts: [(start: Int, length: Int)] = []
    /// The first part still in the window; those before it are gone.
    private var head = 0
    /// Scalars in the window.
    private var total = 0
    /// Where the last part ends; kept by the owner.
    var end = 0

    init(size: Int, overlap: Int) {
        self.size = size
        self.overlap = overlap
    }

    /// Adds one part.
    ///
    /// - Returns: where the finished chunk starts when the part does not fit into it any more; that chunk ends where the
    ///   part starts.
    @inline(__always)
    mutating func append(start: Int, length: Int) -> Int? {
        var finished: Int?
        if total + length > size, head < parts.count {
            finished = parts[head].start
            // Keep what may be repeated, but never so much that the new part does not fit.
            while total > overlap || (total + length > size && total > 0) {
                total -= parts[head].length
                head += 1
            }
            dropGoneParts()
        }
        parts.append((start, length))
        total += length
        return finished
    }

    /// Empties the window; returns where its chunk starts, nil when it holds nothing.
    mutating func reset() -> Int? {
        guard head < parts.count else { return nil }
        let start = parts[head].start
        parts.removeAll(keepingCapacity: true)
        head = 0
        total = 0
        return start
    }

    /// Moves the parts to the front once more than half are gone: each is moved about once.
    private mutating func dropGoneParts() {
        if head == parts.count {
            parts.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 64, head > parts.count / 2 {
            parts.removeSubrange(..<head)
            head = 0
        }
    }
}
