/// Takes texts apart into weighted features: words, their beginnings, n-grams of scalars and of jamo.
///
/// | script | features of a word |
/// | --- | --- |
/// | Hangul | word, beginnings of 2 and 3 syllables, bigrams and trigrams of syllables, 4-grams of jamo |
/// | Han, kana | single scalars, bigrams |
/// | others | word, first 5 letters, trigrams and 4-grams with word boundaries |
///
/// Korean words carry their particles at the end, so beginnings find the same noun again; jamo n-grams find conjugated
/// verbs, whose stems change inside a syllable. Function words of English weigh little. Weights were chosen by
/// finding 54 documents of `dev/atlassian/corpus` by their titles; they are part of the provider's identity and must not
/// change.
struct TextFeatures {
    private enum Kind {
        static let word: UInt32 = 1
        static let beginning: UInt32 = 2
        static let gram: UInt32 = 3
        static let jamo: UInt32 = 4
    }

    /// What one occurrence of a feature is worth.
    private enum Weight {
        static let word: Float = 1
        static let beginning: Float = 1
        static let gram: Float = 1
        static let functionWord: Float = 0.1
        static let hangulWord: Float = 0.4
        static let hangulBeginning: Float = 1.4
        static let hangulBigram: Float = 1.4
        static let hangulTrigram: Float = 1.2
        static let jamo: Float = 0.6
        static let hanScalar: Float = 0.5
        static let hanBigram: Float = 1.2
    }

    private var word: [UInt32] = []
    private var jamo: [UInt32] = []
    private(set) var counts = FeatureCounts()
    private static let boundary: UInt32 = 2
    private static let longestWord = 64

    /// Counts the features of one text.
    mutating func count(_ text: String) {
        word.removeAll(keepingCapacity: true)
        for scalar in text.unicodeScalars {
            let folded = ScalarFolding.fold(scalar.value)
            if folded == ScalarFolding.separator {
                endWord()
            } else if folded != ScalarFolding.leftOut {
                if let last = word.last {
                    if let syllable = ScalarFolding.composed(last, folded) {
                        word[word.count - 1] = syllable
                        continue
                    }
                    // `v2서버` are two words: scripts are not mixed inside one.
                    if WordScript(last) != WordScript(folded) { endWord() }
                }
                // Base64 and the like: bounded memory, and nobody searches for them as a whole.
                if word.count == Self.longestWord { endWord() }
                word.append(folded)
            }
        }
        endWord()
    }

    mutating func drain(_ body: (FeatureCounts.Entry) -> Void) { counts.drain(body) }

    private mutating func endWord() {
        guard let first = word.first else { return }
        switch WordScript(first) {
        case .hangul: countHangul()
        case .han: countHan()
        case .other: countOther()
        }
        word.removeAll(keepingCapacity: true)
    }

    private mutating func countOther() {
        var whole = FeatureHash(kind: Kind.word)
        for scalar in word { whole.add(scalar) }
        if FunctionWords.contains(word) { return counts.add(whole.digest, weight: Weight.functionWord) }
        counts.add(whole.digest, weight: Weight.word)
        if word.count > 3 {
            var beginning = FeatureHash(kind: Kind.beginning)
            for scalar in word.prefix(5) { beginning.add(scalar) }
            counts.add(beginning.digest, weight: Weight.beginning)
        }
        word.insert(Self.boundary, at: 0)
        word.append(Self.boundary)
        for start in 0..<word.count - 2 {
            var gram = FeatureHash(kind: Kind.gram)
            gram.add(word[start])
            gram.add(word[start + 1])
            gram.add(word[start + 2])
            counts.add(gram.digest, weight: Weight.gram)
            guard start + 3 < word.count else { continue }
            gram.add(word[start + 3])
            counts.add(gram.digest, weight: Weight.gram)
        }
    }

    private mutating func countHangul() {
        var whole = FeatureHash(kind: Kind.word)
        for scalar in word { whole.add(scalar) }
        counts.add(whole.digest, weight: Weight.hangulWord)
        var beginning = FeatureHash(kind: Kind.beginning)
        for (number, scalar) in word.prefix(3).enumerated() {
            beginning.add(scalar)
            if number > 0 { counts.add(beginning.digest, weight: Weight.hangulBeginning) }
        }
        for start in 0..<max(0, word.count - 1) {
            var gram = FeatureHash(kind: Kind.gram)
            gram.add(word[start])
            gram.add(word[start + 1])
            counts.add(gram.digest, weight: Weight.hangulBigram)
            guard start + 2 < word.count else { continue }
            gram.add(word[start + 2])
            counts.add(gram.digest, weight: Weight.hangulTrigram)
        }
        countJamo()
    }

    private mutating func countJamo() {
        jamo.removeAll(keepingCapacity: true)
        jamo.append(Self.boundary)
        for scalar in word where ScalarFolding.isHangulSyllable(scalar) {
            let (initial, vowel, final) = ScalarFolding.jamo(scalar)
            jamo.append(initial)
            jamo.append(vowel)
            if final != 0 { jamo.append(final) }
        }
        for start in 0..<max(0, jamo.count - 3) {
            var gram = FeatureHash(kind: Kind.jamo)
            gram.add(jamo[start])
            gram.add(jamo[start + 1])
            gram.add(jamo[start + 2])
            gram.add(jamo[start + 3])
            counts.add(gram.digest, weight: Weight.jamo)
        }
    }

    private mutating func countHan() {
        for (number, scalar) in word.enumerated() {
            var gram = FeatureHash(kind: Kind.gram)
            gram.add(scalar)
            counts.add(gram.digest, weight: Weight.hanScalar)
            guard number + 1 < word.count else { continue }
            gram.add(word[number + 1])
            counts.add(gram.digest, weight: Weight.hanBigram)
        }
    }
}
