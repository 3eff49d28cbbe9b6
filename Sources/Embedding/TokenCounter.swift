/// Counts tokens as a model does, so that nothing is given to it that it would cut off unseen.
public protocol TokenCounter: Sendable {
    /// Tokens of one document that the model takes, without those it adds itself.
    var maximumTokens: Int { get }

    /// Tokens of a text in UTF-8, counted no further than `limit`.
    ///
    /// Counts of texts add up where they are joined by white space.
    func count(_ text: UnsafeBufferPointer<UInt8>, limit: Int) -> Int
}

extension TokenCounter {
    /// Tokens of a text, counted no further than `limit`.
    public func count(_ text: String, limit: Int = .max) -> Int {
        var text = text
        return text.withUTF8 { count($0, limit: limit) }
    }
}
