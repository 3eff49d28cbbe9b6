/// Cuts texts into a model's tokens, id for id as the model's own tokenizer does.
protocol Tokenizer: Sendable {
    /// Ids put before every text, e.g. `[CLS]`.
    var opening: [Int32] { get }
    /// Ids put after every text, e.g. `[SEP]`.
    var closing: [Int32] { get }
    /// The id of what the vocabulary cannot spell.
    var unknown: Int32 { get }

    /// Appends the ids of a text without opening and closing.
    ///
    /// - Parameter limit: ids after which nothing more is looked at; at most this many are appended.
    func append(_ text: UnsafeBufferPointer<UInt8>, limit: Int, to ids: inout [Int32])
}

extension Tokenizer {
    /// Tokens that every text has beside its own.
    var addedTokenCount: Int { opening.count + closing.count }

    /// The whole sequence of a text, cut off after `limit` tokens, opening and closing included.
    func sequence(_ text: String, limit: Int) -> [Int32] {
        var ids = opening
        append(text, limit: limit - addedTokenCount, to: &ids)
        return ids + closing
    }

    /// Tokens of a text alone, counted no further than `limit`.
    func count(_ text: String, limit: Int = .max) -> Int {
        var ids: [Int32] = []
        append(text, limit: limit, to: &ids)
        return ids.count
    }

    private func append(_ text: String, limit: Int, to ids: inout [Int32]) {
        var text = text
        text.withUTF8 { append($0, limit: limit, to: &ids) }
    }
}
