/// Who turns text into vectors, and where.
///
/// | setting | type | default | secret |
/// | --- | --- | --- | --- |
/// | `OHRA_EMBEDDING_PROVIDER` | `hash`, `openai` (`local` is announced, not available yet) | `hash` | |
/// | `OHRA_EMBEDDING_URL` | http(s) URL, with or without `/v1` | none; `openai` needs it | |
/// | `OHRA_EMBEDDING_MODEL` | name of a model | none; `openai` needs it | |
/// | `OHRA_EMBEDDING_API_KEY` | text, or `OHRA_EMBEDDING_API_KEY_FILE` | none: no `Authorization` header | yes |
/// | `OHRA_EMBEDDING_DIMENSION` | `hash`: 8…4096, `openai`: 1…65535 | `hash`: 384, `openai`: what the model gives | |
public struct EmbeddingSettings: Sendable, Equatable {
    /// The providers; the raw value is the setting's text and part of the pipeline's fingerprint.
    public enum Provider: String, Sendable, CaseIterable {
        /// Hashed character n-grams: no service, no model, lexical only.
        case hash
        /// Any server with an OpenAI-compatible `/v1/embeddings`.
        case openai
        /// A model folder run in-process. Reading it is a fault in this version.
        case local
    }

    /// Dimensions the `hash` provider can give.
    public static let hashDimensions = 8...4096
    /// Dimensions a Qdrant collection can hold.
    public static let dimensions = 1...65_535

    public var provider: Provider
    public var url: ServiceURL?
    /// nil means not set.
    public var model: String?
    public var apiKey: Secret?
    /// nil means the provider's own dimension.
    public var dimension: Int?

    public init(
        provider: Provider = .hash, url: ServiceURL? = nil, model: String? = nil, apiKey: Secret? = nil,
        dimension: Int? = nil
    ) {
        self.provider = provider
        self.url = url
        self.model = model
        self.apiKey = apiKey
        self.dimension = dimension
    }

    /// Reads the settings of the table above; faults go to the reader.
    public init(_ reader: inout SettingsReader) {
        self.init()
        provider = reader.choice("OHRA_EMBEDDING_PROVIDER", default: .hash)
        url = reader.url("OHRA_EMBEDDING_URL")
        model = reader.optionalString("OHRA_EMBEDDING_MODEL")
        apiKey = reader.secret("OHRA_EMBEDDING_API_KEY")
        if reader.optionalString("OHRA_EMBEDDING_DIMENSION") != nil {
            let range = provider == .hash ? Self.hashDimensions : Self.dimensions
            dimension = reader.integer("OHRA_EMBEDDING_DIMENSION", default: range.lowerBound, in: range)
        }
        checkProvider(&reader)
    }

    private func checkProvider(_ reader: inout SettingsReader) {
        switch provider {
        case .hash:
            // A URL without a provider is somebody who believes that a real model is at work.
            if reader.optionalString("OHRA_EMBEDDING_URL") != nil,
                reader.optionalString("OHRA_EMBEDDING_PROVIDER") == nil
            {
                reader.fault(
                    "OHRA_EMBEDDING_URL",
                    "is set but OHRA_EMBEDDING_PROVIDER is not; set OHRA_EMBEDDING_PROVIDER=openai to use the server")
            }
        case .openai:
            // A URL that is set but faulty has its own fault already.
            if reader.optionalString("OHRA_EMBEDDING_URL") == nil {
                reader.fault(
                    "OHRA_EMBEDDING_URL", "is missing; the provider 'openai' needs it, e.g. http://127.0.0.1:8080/v1")
            }
            if model == nil {
                reader.fault("OHRA_EMBEDDING_MODEL", "is missing; the provider 'openai' needs it, e.g. BAAI/bge-m3")
            }
        case .local:
            reader.fault("OHRA_EMBEDDING_PROVIDER", Self.localIsMissing)
        }
    }

    /// What to tell somebody who chose `local`.
    public static let localIsMissing =
        "is 'local', which is not available in this version; use openai (with OHRA_EMBEDDING_URL and "
        + "OHRA_EMBEDDING_MODEL) or hash"
}
