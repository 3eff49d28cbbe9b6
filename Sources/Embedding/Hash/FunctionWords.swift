/// English words that say nothing about a text's subject.
enum FunctionWords {
    private static let text =
        "a about after all also an and any are as at be because been before being between both but by can could did do "
        + "does for from get had has have he her here him his how i if in into is it its just like may me more most my no "
        + "not of off on one only or other our out over own same she should so some such than that the their them then "
        + "there these they this those through to too under until up us use used very was we were what when where which "
        + "while who whom why will with would you your"

    private static let words: [[UInt32]] = text.split(separator: " ").map { $0.unicodeScalars.map(\.value) }
    /// By length, because most words are longer than any of these.
    private static let longest = words.map(\.count).max() ?? 0
    private static let hashes: Set<UInt64> = Set(words.map(hash))

    @inline(__always)
    static func contains(_ word: [UInt32]) -> Bool {
        word.count <= longest && word.allSatisfy { $0 < 0x80 } && hashes.contains(hash(word))
    }

    /// Up to nine ASCII letters of seven bits: no two words share one.
    private static func hash(_ word: [UInt32]) -> UInt64 { word.reduce(0) { $0 << 7 | UInt64($1) } }
}
