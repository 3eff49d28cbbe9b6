/// SentencePiece's unigram tokenizer, as XLM-R and its heirs have it: of all ways to spell a word in pieces the likeliest.
struct UnigramTokenizer: Tokenizer {
    let opening: [Int32]
    let closing: [Int32]
    let unknown: Int32
    /// Looked for in the text as it is.
    private let added: AddedTokens
    /// Looked for in the normalised text.
    private let addedAfter: AddedTokens?
    private let normalizer: UnigramNormalizer
    private let words: MetaspaceWords
    private let pieces: PieceTrie
    /// The logarithm of each piece's likelihood, by id.
    private let scores: [Double]
    /// Of a scalar that is no piece.
    private let unknownScore: Double

    /// The members of `tokenizer.json` that matter.
    struct Parts {
        var opening: [Int32]
        var closing: [Int32]
        var added: [AddedTokens.Token]
        var addedAfter: [AddedTokens.Token]
        var normalizer: UnigramNormalizer
        var words: MetaspaceWords
        /// In the order of their ids; not empty.
        var vocabulary: [(text: [UInt8], score: Double)]
        var unknown: Int32
    }

    init(_ parts: Parts) {
        opening = parts.opening
        closing = parts.closing
        unknown = parts.unknown
        added = AddedTokens(parts.added)
        addedAfter = parts.addedAfter.isEmpty ? nil : AddedTokens(parts.addedAfter)
        normalizer = parts.normalizer
        words = parts.words
        scores = parts.vocabulary.map(\.score)
        unknownScore = (scores.min() ?? 0) - 10
        // Of equal pieces the last one counts.
        pieces = PieceTrie(parts.vocabulary.enumerated().reversed().map { ($1.text, Int32($0)) })
    }

    func append(_ text: UnsafeBufferPointer<UInt8>, limit: Int, to ids: inout [Int32]) {
        guard limit > 0 else { return }
        let end = ids.count + min(limit, .max - ids.count)
        var path = Path()
        added.forEachPart(of: text) { range, id in
            if let id {
                ids.append(id)
            } else {
                split(normalizer.normalise(Array(text[range])), end: end, &path, &ids)
            }
            return ids.count < end
        }
        if ids.count > end { ids.removeSubrange(end...) }
    }

    private func split(_ text: [UInt8], end: Int, _ path: inout Path, _ ids: inout [Int32]) {
        text.withUnsafeBufferPointer { text in
            guard let addedAfter else { return spell(text, end: end, &path, &ids) }
            addedAfter.forEachPart(of: text) { range, id in
                if let id {
                    ids.append(id)
                } else {
                    spell(UnsafeBufferPointer(rebasing: text[range]), end: end, &path, &ids)
                }
                return ids.count < end
            }
        }
    }

    private func spell(_ text: UnsafeBufferPointer<UInt8>, end: Int, _ path: inout Path, _ ids: inout [Int32]) {
        words.forEachWord(of: text) { word in
            spell(word, &path, &ids)
            return ids.count < end
        }
    }

    /// The best way to each place of a word; kept from word to word for its memory.
    private struct Path {
        struct Place {
            var score = 0.0
            /// Where the piece that ends here starts, -1 while none does.
            var start: Int32 = -1
            var id: Int32 = 0

            @inline(__always)
            mutating func improve(_ score: Double, from start: Int, _ id: Int32) {
                guard self.start < 0 || score > self.score else { return }
                self = Place(score: score, start: Int32(start), id: id)
            }
        }

        var places: [Place] = []
        /// Pieces from the last to the first.
        var found: [(range: Range<Int>, id: Int32)] = []
    }

    /// Viterbi's way. Ties go to the piece that starts first, scalars that are no piece have one of their own, and such ones
    /// beside each other are one token.
    ///
    /// **Source**: huggingface/tokenizers, tokenizers/src/models/unigram/model.rs.
    private func spell(_ word: UnsafeBufferPointer<UInt8>, _ path: inout Path, _ ids: inout [Int32]) {
        path.places.removeAll(keepingCapacity: true)
        path.places.append(contentsOf: repeatElement(Path.Place(), count: word.count + 1))
        let reader = UTF8Reader(word)
        var position = 0
        while position < word.count {
            let before = path.places[position].score
            let width = reader.scalar(at: position).width
            var isPiece = false
            pieces.forEachPrefix(of: word, from: position) { end, id in
                path.places[end].improve(before + scores[Int(id)], from: position, id)
                if end == position + width { isPiece = true }
            }
            if !isPiece { path.places[position + width].improve(before + unknownScore, from: position, unknown) }
            position += width
        }
        path.found.removeAll(keepingCapacity: true)
        while position > 0 {
            let place = path.places[position]
            let start = Int(place.start)
            if place.id == unknown, let last = path.found.last, last.id == unknown {
                path.found[path.found.count - 1].range = start..<last.range.upperBound
            } else {
                path.found.append((start..<position, place.id))
            }
            position = start
        }
        for (range, id) in path.found.reversed() {
            // Joined, scalars that are no pieces may be one.
            ids.append(id == unknown ? pieces.whole(word, range) ?? unknown : id)
        }
    }
}
