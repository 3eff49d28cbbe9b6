public import Shared

/// Where an OpenAI-compatible server is and how it is asked.
public struct OpenAIOptions: Sendable {
    /// With or without `/v1`, or the whole URL that ends with `/embeddings`.
    public var url: ServiceURL
    public var model: String
    /// nil means no `Authorization` header.
    public var apiKey: Secret?
    /// The dimension the collection has; nil means whatever the model gives.
    public var dimension: Int?
    /// Texts per request. OpenAI takes 2048, text-embeddings-inference 32 by default (learned from its 422), DashScope 10.
    public var maximumInputsPerRequest = 64
    /// UTF-8 bytes of text per request; text-embeddings-inference refuses bodies past 2,000,000 bytes.
    public var maximumBytesPerRequest = 1_000_000
    /// Limit of one request. Generous, because a model on a CPU needs about a second per chunk.
    public var deadline: Duration = .seconds(120)
    public var retry = RetryPolicy(maximumAttempts: 4, maximumDelay: .seconds(8))

    public init(url: ServiceURL, model: String, apiKey: Secret? = nil, dimension: Int? = nil) {
        self.url = url
        self.model = model
        self.apiKey = apiKey
        self.dimension = dimension
    }

    /// The URL requests go to.
    public var endpoint: String {
        let last = url.path.split(separator: "/").last ?? ""
        if last == "embeddings" { return url.description }
        // `/v1`, and the `/v3` some vendors have.
        let isVersion = last.count > 1 && last.first == "v" && last.dropFirst().allSatisfy { ("0"..."9").contains($0) }
        return url.appending(isVersion ? "/embeddings" : "/v1/embeddings")
    }
}
