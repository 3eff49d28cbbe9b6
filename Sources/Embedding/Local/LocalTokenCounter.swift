/// Counts with the tokenizer of a model folder.
struct LocalTokenCounter: TokenCounter {
    private let tokenizer: any Tokenizer
    let maximumTokens: Int

    init(_ folder: ModelFolder) {
        tokenizer = folder.tokenizer
        let prefix = folder.prefixes[.document] ?? ""
        maximumTokens = max(1, folder.longestSequence - tokenizer.addedTokenCount - tokenizer.count(prefix))
    }

    func count(_ text: UnsafeBufferPointer<UInt8>, limit: Int) -> Int {
        var ids: [Int32] = []
        tokenizer.append(text, limit: limit, to: &ids)
        return ids.count
    }
}
