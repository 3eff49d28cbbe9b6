public import Shared

/// Where an OpenAI-compatible server is and how it is asked.
public struct OpenAIOptions: Sendable {
    /// With or without `/v1`, or the whole URL that ends with `/embeddings`.
    public var url: ServiceURL
    public var model: String
    /// nil means no header with a key.
    public var apiKey: Secret?
    /// The dimension the collection has; nil means whatever the model gives.
    public var dimension: Int?
    /// Put before what is embedded, as some models want it.
    public var queryPrefix = ""
    public var documentPrefix = ""
    public var server = EmbeddingServerSettings()
    /// UTF-8 bytes of text per request; text-embeddings-inference refuses bodies past 2,000,000 bytes.
    public var maximumBytesPerRequest = 1_000_000
    /// How long the first text of a request waits for others of other messages to join it.
    public var linger: Duration = .milliseconds(5)
    public var retry = RetryPolicy(maximumAttempts: 4, maximumDelay: .seconds(8))
    /// How long nothing is sent after the account's allowance was used up.
    public var quotaPause: Duration = .seconds(60)

    public init(url: ServiceURL, model: String, apiKey: Secret? = nil, dimension: Int? = nil) {
        self.url = url
        self.model = model
        self.apiKey = apiKey
        self.dimension = dimension
    }

    /// The URL requests go to.
    public var endpoint: String {
        let query = server.apiVersion.map { "?api-version=\($0)" } ?? ""
        let path = url.path.split(separator: "/")
        if path.last == "embeddings" { return url.description + query }
        if path.contains("deployments") { return url.appending("/embeddings") + query }
        if isAzure, path.isEmpty {
            // Azure has a deployment's name in the path unless it is asked by its newer, version-less interface.
            let deployment = server.apiVersion == nil ? "v1" : "deployments/\(model.pathEncoded)"
            return url.appending("/openai/\(deployment)/embeddings") + query
        }
        // `/v1`, and the `/v3` some vendors have.
        let isVersion =
            path.last.map { $0.first == "v" && $0.count > 1 && $0.dropFirst().allSatisfy(\.isNumber) } ?? false
        return url.appending(isVersion ? "/embeddings" : "/v1/embeddings") + query
    }

    /// Where text-embeddings-inference tells of itself; nil for services that surely are another.
    var infoEndpoint: String? {
        guard !isAzure, url.host != "api.openai.com" else { return nil }
        var path = url.path.split(separator: "/")
        if path.last == "embeddings" { path.removeLast() }
        if path.last == "v1" { path.removeLast() }
        return url.origin + path.map { "/\($0)" }.joined() + "/info"
    }

    /// The header that carries the key.
    var authorization: (name: String, value: String)? {
        guard let key = apiKey?.reveal() else { return nil }
        let usesBearer = server.authentication.map { $0 == .bearer } ?? (!isAzure && server.apiVersion == nil)
        return usesBearer ? ("Authorization", "Bearer " + key) : ("api-key", key)
    }

    private var isAzure: Bool {
        [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"].contains {
            url.host.hasSuffix($0)
        }
    }

    func prefix(for purpose: EmbeddingPurpose) -> String { purpose == .query ? queryPrefix : documentPrefix }
}

extension String {
    /// Percent-encoded but for letters, digits, `-`, `.`, `_` and `~` (RFC 3986 §2.3).
    fileprivate var pathEncoded: String {
        utf8.map { byte in
            let isPlain =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "~"):
                    true
                default: false
                }
            if isPlain { return String(UnicodeScalar(byte)) }
            return (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
