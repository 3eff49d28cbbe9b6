/// Who turns text into vectors, and where.
///
/// | setting | type | default | secret |
/// | --- | --- | --- | --- |
/// | `OHRA_EMBEDDING_PROVIDER` | `local`, `openai`, `hash` | `local` | |
/// | `OHRA_EMBEDDING_URL` | http(s) URL, with or without `/v1` | none; `openai` needs it | |
/// | `OHRA_EMBEDDING_MODEL` | name of a model; `local`: path of a folder, too | `local`: all-MiniLM-L6-v2; `openai` needs it | |
/// | `OHRA_EMBEDDING_API_KEY` | text, or `OHRA_EMBEDDING_API_KEY_FILE` | none: no `Authorization` header | yes |
/// | `OHRA_EMBEDDING_DIMENSION` | `hash`: 8…4096, `openai`: 1…65535 | `hash`: 384, `openai`: what the model gives | |
/// | `OHRA_EMBEDDING_PRECISION` | `local`: `auto`, `fp32`, `bf16`, `int8` | `auto`: bf16 where the processor has it, else fp32 | |
/// | `OHRA_EMBEDDING_ENGINE` | `local`: `auto`, `onednn`, `openblas` (fp32 only) | `auto`: oneDNN, OpenBLAS where that refuses | |
/// | `OHRA_EMBEDDING_THREADS` | `local`: 1…1024, OpenBLAS starts 64 at most | one per core | |
/// | `OHRA_EMBEDDING_QUERY_PREFIX`, `OHRA_EMBEDDING_DOCUMENT_PREFIX` | text | `local`: what the model's files say; `openai`: none | |
///
/// Those of `openai` alone are in ``EmbeddingServerSettings``.
public struct EmbeddingSettings: Sendable, Equatable {
    /// The providers; the raw value is the setting's text and part of the pipeline's fingerprint.
    public enum Provider: String, Sendable, CaseIterable {
        /// A model folder run in-process.
        case local
        /// Any server with an OpenAI-compatible `/v1/embeddings`.
        case openai
        /// Hashed character n-grams: no service, no model, lexical only; for tests and benchmarks.
        case hash
    }

    /// How a model's linear layers are computed; the raw value is part of the model's name in the fingerprint.
    public enum Precision: String, Sendable, CaseIterable {
        case fp32
        case bf16
        case int8
    }

    /// The library that a model's linear layers are computed by; the vectors of a precision are the same.
    public enum Engine: String, Sendable, CaseIterable {
        case onednn
        /// In fp32 only.
        case openblas
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
    /// nil means the best that loses nothing.
    public var precision: Precision?
    /// nil means oneDNN, and OpenBLAS where that refuses.
    public var engine: Engine?
    /// nil means one per core.
    public var threads: Int?
    /// Put before what is embedded; nil means what the model's files say.
    public var queryPrefix: String?
    public var documentPrefix: String?
    /// For `openai`.
    public var server = EmbeddingServerSettings()

    public init(
        provider: Provider = .local, url: ServiceURL? = nil, model: String? = nil, apiKey: Secret? = nil,
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
        provider = reader.choice("OHRA_EMBEDDING_PROVIDER", default: .local)
        url = reader.url("OHRA_EMBEDDING_URL")
        model = reader.optionalString("OHRA_EMBEDDING_MODEL")
        apiKey = reader.secret("OHRA_EMBEDDING_API_KEY")
        if reader.optionalString("OHRA_EMBEDDING_DIMENSION") != nil {
            let range = provider == .hash ? Self.hashDimensions : Self.dimensions
            dimension = reader.integer("OHRA_EMBEDDING_DIMENSION", default: range.lowerBound, in: range)
        }
        precision = Self.choice("OHRA_EMBEDDING_PRECISION", &reader)
        engine = Self.choice("OHRA_EMBEDDING_ENGINE", &reader)
        if engine == .openblas, let precision, precision != .fp32 {
            reader.fault(
                "OHRA_EMBEDDING_PRECISION",
                "is '\(precision.rawValue)', which OHRA_EMBEDDING_ENGINE=openblas cannot do; use fp32 or auto")
        }
        if reader.optionalString("OHRA_EMBEDDING_THREADS") != nil {
            threads = reader.integer("OHRA_EMBEDDING_THREADS", default: 1, in: 1...1024)
        }
        queryPrefix = reader.optionalString("OHRA_EMBEDDING_QUERY_PREFIX")
        documentPrefix = reader.optionalString("OHRA_EMBEDDING_DOCUMENT_PREFIX")
        server = EmbeddingServerSettings(&reader)
        checkProvider(&reader)
    }

    /// nil for `auto`, and when it is not set.
    private static func choice<Choice>(_ name: String, _ reader: inout SettingsReader) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let text = reader.optionalString(name)?.lowercased(), text != "auto" else { return nil }
        guard let choice = Choice(rawValue: text) else {
            reader.fault(
                name, "is '\(text)'; expected auto, \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return choice
    }

    private func checkProvider(_ reader: inout SettingsReader) {
        switch provider {
        case .local, .hash:
            // A URL without a provider is somebody who believes that the server is at work.
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
        }
    }
}
