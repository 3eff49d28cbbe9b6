/// BERT's tokenizer: words by white space and punctuation, then the longest pieces of the vocabulary from the left.
struct WordPieceTokenizer: Tokenizer {
    let opening: [Int32]
    let closing: [Int32]
    let unknown: Int32
    private let added: AddedTokens
    private let treatments: ScalarTreatments
    /// Pieces that start a word, and pieces that go on with one.
    private let starts: PieceTrie
    private let continuations: PieceTrie
    /// Scalars of a word, after normalisation, past which it is not looked up.
    private let longestWord: Int

    /// The members of `tokenizer.json` that matter.
    struct Parts {
        var opening: [Int32]
        var closing: [Int32]
        var added: [AddedTokens.Token]
        var normalization: BERTNormalization
        var vocabulary: [(text: [UInt8], id: Int32)]
        /// Marks a piece that goes on with a word.
        var continuationPrefix: [UInt8]
        var unknown: Int32
        var longestWord: Int
    }

    init(_ parts: Parts) {
        opening = parts.opening
        closing = parts.closing
        added = AddedTokens(parts.added)
        treatments = .of(parts.normalization)
        unknown = parts.unknown
        longestWord = parts.longestWord
        // A piece with the mark may also start a word: the text "##s" is three words, so that does no harm.
        starts = PieceTrie(parts.vocabulary)
        continuations = PieceTrie(
            parts.vocabulary.filter { $0.text.starts(with: parts.continuationPrefix) }
                .map { (Array($0.text.dropFirst(parts.continuationPrefix.count)), $0.id) })
    }

    func append(_ text: UnsafeBufferPointer<UInt8>, limit: Int, to ids: inout [Int32]) {
        guard limit > 0 else { return }
        let end = ids.count + min(limit, .max - ids.count)
        var word = Word()
        added.forEachPart(of: text) { range, id in
            if let id {
                ids.append(id)
            } else {
                split(UnsafeBufferPointer(rebasing: text[range]), end: end, with: &word, into: &ids)
            }
            return ids.count < end
        }
        if ids.count > end { ids.removeSubrange(end...) }
    }

    /// The word at hand: normalised, in UTF-8.
    private struct Word {
        var bytes: [UInt8] = []
        var scalarCount = 0

        @inline(__always)
        mutating func append(_ scalar: Unicode.Scalar) {
            bytes.append(utf8: scalar)
            scalarCount += 1
        }
    }

    private func split(
        _ text: UnsafeBufferPointer<UInt8>, end: Int, with word: inout Word, into ids: inout [Int32]
    ) {
        let reader = UTF8Reader(text)
        let splitsSyllables = treatments.splitsSyllables
        var position = 0
        while position < text.count, ids.count < end {
            let (scalar, width) = reader.scalar(at: position)
            position += width
            if splitsSyllables, BaseLetters.syllables.contains(scalar.value) {
                // Most of a Korean text; its letters have neither case nor marks.
                BaseLetters.forEachLetter(of: scalar) { word.append($0) }
            } else {
                add(treatments[scalar], to: &word, &ids)
            }
        }
        finish(&word, &ids)
    }

    private func add(_ treatment: ScalarTreatment, to word: inout Word, _ ids: inout [Int32]) {
        switch treatment {
        case .letter(let scalar):
            word.append(scalar)
        case .alone(let scalar):
            finish(&word, &ids)
            word.append(scalar)
            finish(&word, &ids)
        case .space: finish(&word, &ids)
        case .nothing: break
        case .several(let parts): for part in parts { add(part, to: &word, &ids) }
        }
    }

    /// Appends the pieces of the word at hand and empties it. A word with a part that is no piece is unknown as a whole.
    private func finish(_ word: inout Word, _ ids: inout [Int32]) {
        guard !word.bytes.isEmpty else { return }
        let start = ids.count
        let isKnown = word.scalarCount <= longestWord && word.bytes.withUnsafeBufferPointer { match($0, into: &ids) }
        if !isKnown {
            ids.removeSubrange(start...)
            ids.append(unknown)
        }
        word.bytes.removeAll(keepingCapacity: true)
        word.scalarCount = 0
    }

    private func match(_ bytes: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) -> Bool {
        var position = 0
        while position < bytes.count {
            guard let (end, id) = (position == 0 ? starts : continuations).longest(bytes, from: position) else {
                return false
            }
            ids.append(id)
            position = end
        }
        return true
    }
}
