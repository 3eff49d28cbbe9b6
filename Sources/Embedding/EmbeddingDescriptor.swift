/// Which vectors a provider makes, and how much it takes at once.
public struct EmbeddingDescriptor: Sendable, Equatable {
    /// `hash`, `openai`, …: the text of `OHRA_EMBEDDING_PROVIDER`.
    public var provider: String
    /// The model's name; vectors of two models must never meet in one collection.
    public var model: String
    /// Numbers per vector; 0 means not known before ``EmbeddingProvider/prepare()``.
    public var dimension: Int
    /// Texts in one request; callers that batch across documents need not collect more.
    public var maximumInputsPerRequest: Int

    public init(provider: String, model: String, dimension: Int, maximumInputsPerRequest: Int) {
        self.provider = provider
        self.model = model
        self.dimension = dimension
        self.maximumInputsPerRequest = maximumInputsPerRequest
    }
}
