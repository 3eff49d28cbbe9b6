import Logging
import Shared

/// Makes sure, before the first point, that the collection exists and fits the vectors that come.
///
/// A collection that does not fit is a settings fault: it is never re-created silently. Deliveries that come while one of
/// them has the collection checked wait for its result.
actor CollectionGuard {
    private let client: QdrantClient
    private let registry: Registry
    /// The collection itself, and the name in the settings, which becomes its alias.
    private let collection: String
    private let alias: String
    private let layout: CollectionLayout
    private let logger: Logger
    /// Vector size that was checked in this process.
    private var checkedDimension: Int?
    private var isChecking = false
    private var waiting: [CheckedContinuation<Result<Void, any Error>, Never>] = []

    static let indexes: [(field: String, type: PayloadIndexType)] = [
        ("document_id", .keyword), ("source_type", .keyword), ("version_key", .keyword), ("hash", .keyword),
        ("updated_at", .datetime),
    ]

    /// - Parameter client: its settings name the collection.
    init(client: QdrantClient, alias: String, layout: CollectionLayout, logger: Logger) {
        self.client = client
        registry = Registry(client: client, collection: client.settings.registryCollection)
        collection = client.settings.collection
        self.alias = alias
        self.layout = layout
        self.logger = logger
    }

    /// - Parameter dimension: numbers in each vector that is about to be written.
    /// - Throws: ``SettingsError`` when the collection is of another size or distance, or is gone while the registry says
    ///   that documents are loaded in it; ``QdrantError``.
    func ensure(dimension: Int) async throws {
        while checkedDimension != dimension {
            guard isChecking else { return try await checkOnce(dimension).get() }
            let result = await withCheckedContinuation { waiting.append($0) }
            // Whoever checked was cancelled, not we.
            if case .failure(let error) = result, (error as? QdrantError)?.code != .cancelled { throw error }
        }
    }

    private func checkOnce(_ dimension: Int) async -> Result<Void, any Error> {
        isChecking = true
        let result: Result<Void, any Error>
        do {
            try await check(dimension)
            checkedDimension = dimension
            result = .success(())
        } catch {
            result = .failure(error)
        }
        isChecking = false
        for continuation in waiting { continuation.resume(returning: result) }
        waiting = []
        return result
    }

    private func check(_ dimension: Int) async throws {
        // Counted first: what is loaded at that moment was loaded into a collection that existed.
        let loaded = try await registry.loadedCount()
        if try await client.collectionExists(collection) {
            try check(try await client.collectionInfo(collection), dimension)
        } else {
            guard loaded == 0 else {
                throw SettingsError([
                    "OHRA_QDRANT_COLLECTION '\(collection)' does not exist, but its registry says that documents are loaded in it; "
                        + "restore the collection, or delete '\(registry.name)' too and run extractor with --since"
                ])
            }
            // False when another loader was first.
            if try await client.createCollection(
                collection, vectorSize: dimension, distance: .cosine, sparseVectors: [SparseVector.textName],
                layout: layout)
            {
                logger.notice(
                    "Collection created",
                    metadata: [LogKey.collection: "\(collection)", LogKey.dimension: "\(dimension)"])
            }
        }
        // Before the first point: indexes made later lack links in the vector index, and filtered deletes need them.
        for index in Self.indexes {
            try await client.createPayloadIndex(collection, field: index.field, type: index.type)
        }
        try await client.ensureAlias(alias, of: collection)
    }

    private func check(_ info: CollectionInfo, _ dimension: Int) throws(SettingsError) {
        func fault(_ text: String) -> SettingsError { SettingsError(["OHRA_QDRANT_COLLECTION '\(alias)' \(text)"]) }
        guard let size = info.vectorSize else {
            throw fault("has no unnamed dense vector; use another name")
        }
        guard size == dimension else {
            throw fault(
                "holds vectors of \(size) numbers, the transformer makes \(dimension); use the former embedding settings, or "
                    + "load another collection with the new ones and switch to it (loader migrate --help)")
        }
        guard info.distance == .cosine else {
            throw fault("does not use Cosine distance; use another name")
        }
        guard info.replicas <= 1 || client.settings.replicas > 1 else {
            throw fault("has \(info.replicas) replicas; set OHRA_QDRANT_REPLICAS=\(info.replicas) for every program")
        }
    }
}
