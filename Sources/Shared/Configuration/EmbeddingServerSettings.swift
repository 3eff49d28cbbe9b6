/// What an embedding server behind the provider `openai` wants and takes.
///
/// | setting | type | default |
/// | --- | --- | --- |
/// | `OHRA_EMBEDDING_AUTH` | `auto`, `bearer`, `api-key` | `auto`: `api-key` for Azure, else `bearer` |
/// | `OHRA_EMBEDDING_API_VERSION` | Azure's `api-version` | none |
/// | `OHRA_EMBEDDING_MAX_TOKENS` | 16…1000000 tokens of one text | what text-embeddings-inference says; else unknown |
/// | `OHRA_EMBEDDING_REQUEST_INPUTS` | 1…2048 texts of one request | 64, or fewer if the server says so |
/// | `OHRA_EMBEDDING_REQUEST_TOKENS` | 1…10000000 estimated tokens of one request | 300000 |
/// | `OHRA_EMBEDDING_CONCURRENCY` | 1…256 requests under way | 8 |
/// | `OHRA_EMBEDDING_TIMEOUT` | 1…3600 seconds for one request | 120 |
public struct EmbeddingServerSettings: Sendable, Equatable {
    /// How the key is sent.
    public enum Authentication: String, Sendable, CaseIterable {
        case bearer
        case apiKey = "api-key"
    }

    /// nil means what fits the host.
    public var authentication: Authentication?
    public var apiVersion: String?
    /// Tokens of one text that the model takes; nil means what the server says, if it does.
    public var maximumTokens: Int?
    public var maximumInputsPerRequest = 64
    /// OpenAI's own limit.
    public var maximumTokensPerRequest = 300_000
    public var concurrency = 8
    /// Of one request. Generous, because a model on a CPU needs about a second per chunk.
    public var deadline: Duration = .seconds(120)

    public init() {}

    /// Reads the settings of the table above; faults go to the reader.
    public init(_ reader: inout SettingsReader) {
        self.init()
        if let text = reader.optionalString("OHRA_EMBEDDING_AUTH"), text.lowercased() != "auto" {
            authentication = reader.choice("OHRA_EMBEDDING_AUTH", default: .bearer)
        }
        apiVersion = reader.optionalString("OHRA_EMBEDDING_API_VERSION")
        if let apiVersion, !apiVersion.utf8.allSatisfy(Self.isVersionByte) {
            reader.fault("OHRA_EMBEDDING_API_VERSION", "may hold letters, digits, '-' and '.' only")
        }
        if reader.optionalString("OHRA_EMBEDDING_MAX_TOKENS") != nil {
            maximumTokens = reader.integer("OHRA_EMBEDDING_MAX_TOKENS", default: 512, in: 16...1_000_000)
        }
        maximumInputsPerRequest = reader.integer(
            "OHRA_EMBEDDING_REQUEST_INPUTS", default: maximumInputsPerRequest, in: 1...2048)
        maximumTokensPerRequest = reader.integer(
            "OHRA_EMBEDDING_REQUEST_TOKENS", default: maximumTokensPerRequest, in: 1...10_000_000)
        concurrency = reader.integer("OHRA_EMBEDDING_CONCURRENCY", default: concurrency, in: 1...256)
        deadline = .seconds(reader.integer("OHRA_EMBEDDING_TIMEOUT", default: 120, in: 1...3600))
    }

    private static func isVersionByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
