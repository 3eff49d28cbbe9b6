/// Takes a text apart into the terms that a sparse vector counts.
///
/// | text | terms |
/// | --- | --- |
/// | Hangul, Han, kana | bigrams of neighbours in a run without blanks, and the run's first character |
/// | words of other scripts | the word, English endings dropped |
/// | `OPS-123`, `toll_v2.enabled`, `2026-11-20` | each part, and all of it with the signs left out: `ops123` |
/// | function words, such as `how` and `어떻게` | none |
///
/// Everything is folded first (``ScalarFolding``): case, accents, full-width forms, Hangul written in parts. Bigrams, because
/// Korean puts particles and endings behind a word without a blank; the first character finds one-syllable nouns in front of
/// their particles.
///
/// **Cost**: linear in the text; memory of its longest run of Hangul or Han and one table of its distinct terms.
struct SparseTerms {
    private enum Kind {
        static let word: UInt32 = 1
        static let gram: UInt32 = 2
        /// Ends the hash of a joined number, so that `3.4` is not `34`.
        static let number: UInt32 = 3
    }

    /// Base64 and the like: nobody searches for it, and its pieces would be terms of their own.
    private static let longestWord = 64

    private var word: [UInt32] = []
    /// What one occurrence in a question is worth: who names `OPS-123` or `V400` wants that and nothing else.
    private enum Weight {
        static let word: Float = 1
        static let identifier: Float = 3
    }

    /// Words with one connecting sign between each, as far as they have been read.
    private var joined = FeatureHash(kind: Kind.word)
    private var joinedParts = 0
    private var joinedLength = 0
    private var joinedKinds: Characters = []
    private var isAfterConnector = false
    private var counts = FeatureCounts()

    /// Counts the terms of one text on top of those that were not drained yet.
    mutating func count(_ text: String) {
        for scalar in text.unicodeScalars { take(scalar.value) }
        endWord()
        endJoined()
    }

    /// Hands out every term once and forgets them; an entry's weight is what the term is worth in a question.
    mutating func drain(_ body: (FeatureCounts.Entry) -> Void) { counts.drain(body) }

    @inline(__always)
    private mutating func take(_ scalar: UInt32) {
        let folded = ScalarFolding.fold(scalar)
        if folded > ScalarFolding.leftOut {
            if let last = word.last {
                if let syllable = ScalarFolding.composed(last, folded) {
                    word[word.count - 1] = syllable
                    return
                }
                // `v2서버` are two words: scripts are not mixed inside one.
                if WordScript(last) != WordScript(folded) {
                    endWord()
                    endJoined()
                }
            }
            isAfterConnector = false
            word.append(folded)
        } else if folded == ScalarFolding.separator {
            separate(by: scalar)
        }
    }

    private mutating func separate(by scalar: UInt32) {
        // `driver's` is one word, and so is `don’t`.
        if scalar == 0x27 || scalar == 0x2019, !word.isEmpty { return }
        endWord()
        if joinedParts > 0, !isAfterConnector, Self.isConnector(scalar) {
            isAfterConnector = true
        } else {
            endJoined()
        }
    }

    /// `-`, `.`, `_`, `@`, and the hyphens that word processors write.
    private static func isConnector(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2D, 0x2E, 0x5F, 0x40, 0x2010, 0x2011: true
        default: false
        }
    }

    private mutating func endWord() {
        guard let first = word.first else { return }
        if WordScript(first) == .other {
            endOtherWord()
        } else {
            endJoined()
            countGrams(first)
        }
        word.removeAll(keepingCapacity: true)
    }

    private mutating func countGrams(_ first: UInt32) {
        guard !KoreanFunctionWords.contains(word) else { return }
        var gram = FeatureHash(kind: Kind.gram)
        gram.add(first)
        counts.add(gram.digest, weight: Weight.word)
        for place in word.indices.dropFirst() {
            var gram = FeatureHash(kind: Kind.gram)
            gram.add(word[place - 1])
            gram.add(word[place])
            counts.add(gram.digest, weight: Weight.word)
        }
    }

    private mutating func endOtherWord() {
        joinedParts += 1
        joinedLength += word.count
        guard word.count <= Self.longestWord else { return }
        var kinds: Characters = []
        for scalar in word { kinds.insert((0x30...0x39).contains(scalar) ? .digit : .letter) }
        if joinedLength <= Self.longestWord {
            for scalar in word { joined.add(scalar) }
            joinedKinds.formUnion(kinds)
        }
        guard !FunctionWords.contains(word) else { return }
        EnglishStem.reduce(&word)
        var whole = FeatureHash(kind: Kind.word)
        for scalar in word { whole.add(scalar) }
        counts.add(whole.digest, weight: kinds == .both ? Weight.identifier : Weight.word)
    }

    private mutating func endJoined() {
        guard joinedParts > 0 else { return }
        if joinedParts > 1, joinedLength <= Self.longestWord {
            if joinedKinds == .digit { joined.add(Kind.number) }
            counts.add(joined.digest, weight: joinedKinds.contains(.digit) ? Weight.identifier : Weight.word)
        }
        joined = FeatureHash(kind: Kind.word)
        joinedParts = 0
        joinedLength = 0
        joinedKinds = []
        isAfterConnector = false
    }
}

/// What a word is made of.
private struct Characters: OptionSet {
    let rawValue: UInt8

    static let digit = Characters(rawValue: 1)
    static let letter = Characters(rawValue: 2)
    static let both: Characters = [.digit, .letter]
}
