import Logging
import Shared

/// Keeps sparse vectors from a collection that was made before there were any: Qdrant would refuse the whole point.
///
/// Its chunks are then found by meaning alone, which is said once, with what to do about it. Stopping the fleet instead would
/// turn an update of the programs into an outage.
actor SparseFit {
    private let client: QdrantClient
    private let logger: Logger
    private var takesSparseVectors: Bool?

    /// - Parameter client: its settings name the collection.
    init(client: QdrantClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// Leaves out what the collection cannot take. Call it once the collection exists.
    func fit(_ message: inout VectorsMessage) async throws(QdrantError) {
        guard message.vectors.contains(where: { $0.sparse != nil }) else { return }
        guard try await !takes() else { return }
        for place in message.vectors.indices { message.vectors[place].sparse = nil }
    }

    /// Asks the server until it has answered once; an answer stays true, as a collection's vectors are settled when it is made.
    private func takes() async throws(QdrantError) -> Bool {
        if let takesSparseVectors { return takesSparseVectors }
        let takes = try await client.collectionInfo(client.settings.collection).sparseVectorNames.contains(
            SparseVector.textName)
        // Another delivery may have asked meanwhile, and said it.
        if takesSparseVectors == nil, !takes {
            logger.warning(
                "Sparse vectors are left out",
                metadata: [
                    LogKey.collection: "\(client.settings.collection)", LogKey.advice: "\(SparseVector.isMissing)",
                ])
        }
        takesSparseVectors = takes
        return takes
    }
}
