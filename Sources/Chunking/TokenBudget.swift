public import Embedding

/// How many tokens the chunks of one document may have, so that the model sees all of what is embedded.
public struct TokenBudget: Sendable {
    private let counter: any TokenCounter
    private let embedded: EmbeddedText

    /// - Returns: nil when the model's limit is not known.
    public init?(title: String, counter: (any TokenCounter)?) {
        guard let counter else { return nil }
        self.counter = counter
        embedded = EmbeddedText(title: title, counter: counter)
    }

    /// Tokens left for a chunk's own text; at least 1.
    func room(under heading: [String]) -> Int {
        max(1, counter.maximumTokens - counter.count(embedded.front(heading)))
    }

    /// Tokens of some text, counted no further than `limit`.
    func tokens(_ text: UnsafeBufferPointer<UInt8>, limit: Int = .max) -> Int { counter.count(text, limit: limit) }
}
