import Logging
import Shared
import Synchronization

/// Makes sure, before the first point, that the collection exists and fits the vectors that come.
///
/// A collection that does not fit is a settings fault: it is never re-created silently.
final class CollectionGuard: Sendable {
    private let client: QdrantClient
    private let registry: Registry
    private let collection: String
    private let logger: Logger
    /// Vector size that was checked in this process; 0 before.
    private let checkedDimension = Atomic(0)

    static let indexes: [(field: String, type: PayloadIndexType)] = [
        ("document_id", .keyword), ("source_type", .keyword), ("version_key", .keyword), ("hash", .keyword),
        ("updated_at", .datetime),
    ]

    init(client: QdrantClient, registry: Registry, collection: String, logger: Logger) {
        self.client = client
        self.registry = registry
        self.collection = collection
        self.logger = logger
    }

    /// - Parameter dimension: numbers in each vector that is about to be written.
    /// - Throws: ``SettingsError`` when the collection is of another size or distance, or is gone while the registry says
    ///   that documents are loaded in it; ``QdrantError``.
    func ensure(dimension: Int) async throws {
        guard checkedDimension.load(ordering: .acquiring) != dimension else { return }
        if try await client.collectionExists(collection) {
            try check(try await client.collectionInfo(collection), dimension)
        } else {
            guard try await registry.loadedCount() == 0 else {
                throw SettingsError([
                    "OHRA_QDRANT_COLLECTION '\(collection)' does not exist, but its registry says that documents are loaded in it; "
                        + "restore the collection, or delete '\(registry.name)' too and run extractor with --since"
                ])
            }
            // False when another loader, or another delivery of this one, was first.
            if try await client.createCollection(
                collection, vectorSize: dimension, distance: .cosine, sparseVectors: [SparseVector.textName])
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
        checkedDimension.store(dimension, ordering: .releasing)
    }

    private func check(_ info: CollectionInfo, _ dimension: Int) throws(SettingsError) {
        guard let size = info.vectorSize else {
            throw SettingsError(["OHRA_QDRANT_COLLECTION '\(collection)' has no unnamed dense vector; use another name"]
            )
        }
        guard size == dimension else {
            throw SettingsError([
                "OHRA_QDRANT_COLLECTION '\(collection)' holds vectors of \(size) numbers, the transformer makes \(dimension); "
                    + "use the former embedding settings or another collection"
            ])
        }
        guard info.distance == .cosine else {
            throw SettingsError([
                "OHRA_QDRANT_COLLECTION '\(collection)' does not use Cosine distance; use another name"
            ])
        }
    }
}
