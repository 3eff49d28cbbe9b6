public import Shared

/// Which model `local` runs, and how.
public struct LocalOptions: Sendable, Equatable {
    /// The path of a folder, or the name of a model in one of ``ModelLocation``'s folders.
    public var model: String
    /// nil means what gives the published model's vectors as fast as this processor can: bf16 where it has it, else fp32.
    public var precision: EmbeddingSettings.Precision?
    /// What multiplies; nil means oneDNN, and OpenBLAS where that refuses.
    public var engine: EmbeddingSettings.Engine?
    /// Threads that encode; nil means one per core that the process may use.
    public var threads: Int?
    /// The dimension the collection has; nil means whatever the model gives.
    public var dimension: Int?
    /// Put before what is embedded; nil means what the model's files say.
    public var queryPrefix: String?
    public var documentPrefix: String?

    public init(
        model: String? = nil, precision: EmbeddingSettings.Precision? = nil,
        engine: EmbeddingSettings.Engine? = nil, threads: Int? = nil, dimension: Int? = nil, queryPrefix: String? = nil,
        documentPrefix: String? = nil
    ) {
        self.model = model ?? ModelLocation.defaultModel
        self.precision = precision
        self.engine = engine
        self.threads = threads
        self.dimension = dimension
        self.queryPrefix = queryPrefix
        self.documentPrefix = documentPrefix
    }

    /// The prefixes that are set.
    var prefixes: [EmbeddingPurpose: String] {
        var prefixes: [EmbeddingPurpose: String] = [:]
        prefixes[.query] = queryPrefix
        prefixes[.document] = documentPrefix
        return prefixes
    }
}
