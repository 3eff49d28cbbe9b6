/// A vocabulary as a tree of bytes, for the longest piece and for all pieces that start at some place.
///
/// **Cost**: 9 bytes per node (about 6 nodes per piece of XLM-R's vocabulary); one step per byte.
struct PieceTrie: Sendable {
    /// A node's children are `firstChild[node]..<firstChild[node + 1]`, sorted by label.
    private var firstChild: [Int32] = []
    private var labels: [UInt8] = []
    /// The id of the piece that ends at a node, -1 for none.
    private var ids: [Int32] = []
    /// The children of the root by label, because that is where most walks end.
    private var roots = [Int32](repeating: -1, count: 256)

    /// - Parameter pieces: not empty texts with their ids; of equal texts the first one counts.
    init(_ pieces: [(text: [UInt8], id: Int32)]) {
        let sorted = pieces.filter { !$0.text.isEmpty }.sorted { $0.text.lexicographicallyPrecedes($1.text) }
        // Level by level: a node is the range of the sorted pieces that share its bytes.
        var level = [(range: 0..<sorted.count, depth: 0)]
        labels = [0]
        ids = [-1]
        while !level.isEmpty {
            var next: [(range: Range<Int>, depth: Int)] = []
            for (range, depth) in level {
                firstChild.append(Int32(labels.count))
                var start = range.lowerBound
                while start < range.upperBound, sorted[start].text.count == depth { start += 1 }
                while start < range.upperBound {
                    let label = sorted[start].text[depth]
                    var end = start + 1
                    while end < range.upperBound, sorted[end].text[depth] == label { end += 1 }
                    labels.append(label)
                    ids.append(sorted[start].text.count == depth + 1 ? sorted[start].id : -1)
                    next.append((start..<end, depth + 1))
                    start = end
                }
            }
            level = next
        }
        firstChild.append(Int32(labels.count))
        for child in firstChild[0]..<firstChild[1] { roots[Int(labels[Int(child)])] = child }
    }

    /// Calls `body` with every piece that is a beginning of `bytes`, shortest first.
    @inline(__always)
    func forEachPrefix(of bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ body: (_ end: Int, _ id: Int32) -> Void)
    {
        guard start < bytes.count else { return }
        var node = roots[Int(bytes[start])]
        var position = start + 1
        while node >= 0 {
            let id = ids[Int(node)]
            if id >= 0 { body(position, id) }
            guard position < bytes.count else { return }
            node = child(of: Int(node), bytes[position])
            position += 1
        }
    }

    /// The longest piece that starts at `start`, nil when none does.
    @inline(__always)
    func longest(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> (end: Int, id: Int32)? {
        var found: (end: Int, id: Int32)?
        forEachPrefix(of: bytes, from: start) { found = ($0, $1) }
        return found
    }

    /// The piece that is exactly these bytes, nil when there is none.
    func whole(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int32? {
        var found: Int32?
        forEachPrefix(of: UnsafeBufferPointer(rebasing: bytes[range]), from: 0) { end, id in
            if end == range.count { found = id }
        }
        return found
    }

    @inline(__always)
    private func child(of node: Int, _ label: UInt8) -> Int32 {
        var low = Int(firstChild[node])
        var high = Int(firstChild[node + 1])
        while low < high {
            let middle = (low + high) / 2
            if labels[middle] < label { low = middle + 1 } else { high = middle }
        }
        return low < Int(firstChild[node + 1]) && labels[low] == label ? Int32(low) : -1
    }
}
