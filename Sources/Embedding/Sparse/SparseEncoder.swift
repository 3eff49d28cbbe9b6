public import Shared

/// Makes sparse vectors that find texts by their words: BM25, of which Qdrant adds the inverse document frequency (the
/// modifier `idf`) when it searches.
///
/// A chunk's value for a term that occurs tf times is tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / average)), where length
/// is the number of the chunk's terms. k1 = 1.2 and b = 0.75 are the usual ones; the average is a constant, 256, because no
/// transformer knows the others' chunks: it shifts how much long chunks are held back, not which terms matter. Values are
/// rounded to thousandths, which halves their text on the way to Qdrant and changes no ranking that means something.
///
/// An index is the upper half of a term's 64-bit hash (``FeatureHash``), stable for ever. Two terms of one text that share an
/// index are counted as one. Two of the collection that do find each other's chunks, too: among a million distinct terms,
/// some 120 pairs.
///
/// **Isolation**: a value with scratch memory; use one per task. **Cost**: linear, see docs/SEARCH.md for MB/s.
///
/// **Source**: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
public struct SparseEncoder {
    /// Names terms, hash and weights; part of the pipeline's fingerprint. Any change of them needs a new name.
    public static let method = "bm25-v1"

    private static let k1: Float = 1.2
    private static let b: Float = 0.75
    private static let averageLength: Float = 256

    private var terms = SparseTerms()
    private typealias Entry = (index: UInt32, count: Float, weight: Float)
    private var entries: [Entry] = []

    public init() {}

    /// The vector of a chunk; nil when it has no term at all.
    public mutating func document(_ text: String) -> SparseVector? {
        count(text)
        let length = entries.reduce(0) { $0 + $1.count }
        let saturation = Self.k1 * (1 - Self.b + Self.b * length / Self.averageLength)
        return vector { entry in
            let value = entry.count * (Self.k1 + 1) / (entry.count + saturation)
            return max(1, (value * 1000).rounded()) / 1000
        }
    }

    /// The vector of a question: a term counts once however often it occurs, identifiers such as `OPS-123` count three times.
    /// nil when it has no term, as "what is it" has none.
    public mutating func query(_ text: String) -> SparseVector? {
        count(text)
        return vector(\.weight)
    }

    private func vector(_ value: (Entry) -> Float) -> SparseVector? {
        guard !entries.isEmpty else { return nil }
        return SparseVector(indices: entries.map(\.index), values: entries.map(value))
    }

    /// Fills `entries` with the terms of a text, indices ascending and each once.
    private mutating func count(_ text: String) {
        entries.removeAll(keepingCapacity: true)
        terms.count(text)
        terms.drain { entries.append((UInt32(truncatingIfNeeded: $0.hash >> 32), $0.count, $0.weight)) }
        entries.sort { $0.index < $1.index }
        var last = 0
        for place in entries.indices.dropFirst() {
            if entries[place].index == entries[last].index {
                entries[last].count += entries[place].count
            } else {
                last += 1
                entries[last] = entries[place]
            }
        }
        entries.removeLast(max(0, entries.count - last - 1))
    }
}
