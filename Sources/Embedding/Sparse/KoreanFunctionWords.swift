/// Korean words that say nothing about a text's subject, each as it stands between blanks: what questions are made of.
///
/// Their bigrams are rare in documents, so that they would outweigh what a question is about. A change makes other terms and
/// needs another ``SparseEncoder/method``.
enum KoreanFunctionWords {
    private static let text =
        "것 것은 것을 그 그리고 내 누가 누구 누구에게 대한 더 되나 되나요 됩니다 등 때 또는 몇 무엇 무엇을 무엇이 뭐 뭘 및 수 "
        + "어느 어디 어디로 어디서 어디에 어떤 어떻게 언제 언제까지 언제부터 얼마 얼마나 얼마를 왜 위한 위해 이 인가요 입니다 "
        + "있나 있나요 있는 있습니다 저 제 하고 하나 하나요 하는 하면 하지만 합니다 해야"

    private static let words: [[UInt32]] = text.split(separator: " ").map { $0.unicodeScalars.map(\.value) }
    private static let longest = words.map(\.count).max() ?? 0
    private static let hashes = Set(words.map(hash))

    static func contains(_ word: [UInt32]) -> Bool {
        word.count <= longest && word.allSatisfy(ScalarFolding.isHangulSyllable) && hashes.contains(hash(word))
    }

    /// A syllable is one of 11,172, and none of these words has more than four: no two share a hash.
    private static func hash(_ word: [UInt32]) -> UInt64 { word.reduce(0) { $0 << 14 | UInt64($1 - 0xAC00) } }
}
