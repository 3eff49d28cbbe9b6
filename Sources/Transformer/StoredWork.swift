import Shared

/// What Qdrant holds already of the documents of one message, so that nothing is embedded, and paid for, twice.
///
/// **Cost**: one scroll of markers for a message; one count when a document seems to be loaded; one scroll (a page per 256
/// points) when documents have an older version.
struct StoredWork: Sendable {
    let client: QdrantClient
    let registry: Registry
    let collection: String
    /// Of our pipeline: vectors of another one are of no use.
    let fingerprint: String
    let dimension: Int

    /// How far the collection is with one document.
    enum State: Sendable, Equatable {
        /// Nothing is known of it.
        case unknown
        /// An older version is loaded; its vectors may serve again.
        case older
        /// This version is loaded completely, in so many chunks.
        case loaded(chunkCount: Int)
        /// A newer version, or this one with other settings, is loaded or deleted.
        case overtaken
    }

    /// The state of each change, in their order; the same document may be there in two versions. Tombstones are work for the
    /// loader alone and are not looked up.
    func states(of changes: [DocumentChange]) async throws(QdrantError) -> [State] {
        let markers = try await registry.latestMarkers(of: changes.filter { !$0.isDeleted }.map(\.document.id))
        // Replaying a document is how lost points are brought back, so the marker's word alone is not enough.
        let counts = try await counts(
            of: markers.values.filter { marker in
                isOurs(marker)
                    && changes.contains { $0.document.id == marker.documentID && $0.version == marker.version }
            })
        return changes.map { change in
            guard !change.isDeleted, let marker = markers[change.document.id] else { return .unknown }
            if marker.version < change.version { return .older }
            guard marker.version == change.version, isOurs(marker) else { return .overtaken }
            let isComplete = counts[marker.documentID] == marker.chunkCount
            return isComplete ? .loaded(chunkCount: marker.chunkCount) : .older
        }
    }

    private func isOurs(_ marker: Marker) -> Bool { marker.state == .loaded && marker.fingerprint == fingerprint }

    /// Stored vectors of some documents, whatever their version, by the hash of the text that was embedded.
    func vectors(
        of documentIDs: [String], embedHashes: [String]
    ) async throws(QdrantError) -> [String: [Float]] {
        guard !documentIDs.isEmpty, !embedHashes.isEmpty else { return [:] }
        let filter = QdrantFilter(must: [
            .matchAny("document_id", documentIDs), .match("fingerprint", fingerprint),
            .matchAny("embed_hash", embedHashes),
        ])
        var vectors: [String: [Float]] = [:]
        do throws(QdrantError) {
            for try await page in client.pages(
                of: collection, filter: filter, payload: ["embed_hash"], vectors: true)
            {
                for point in page {
                    guard let hash = point.payload["embed_hash"]?.string, let vector = point.vector, isUsable(vector)
                    else { continue }
                    vectors[hash] = vector
                }
            }
        } catch {
            guard error.code == .collectionMissing else { throw error }
        }
        return vectors
    }

    private func counts(of markers: [Marker]) async throws(QdrantError) -> [String: Int] {
        guard !markers.isEmpty else { return [:] }
        let filter = QdrantFilter(
            must: [.match("fingerprint", fingerprint)],
            should: markers.map { marker in
                .filter(
                    QdrantFilter(must: [
                        .match("document_id", marker.documentID), .match("revision", marker.version.revision),
                        .match("epoch", marker.version.epoch),
                    ]))
            })
        do {
            return try await client.facet(collection, key: "document_id", filter: filter, limit: markers.count)
        } catch {
            guard error.code == .collectionMissing else { throw error }
            return [:]
        }
    }

    /// What is stored was checked before it went there; this keeps a damaged point from spreading.
    private func isUsable(_ vector: [Float]) -> Bool {
        vector.count == dimension && vector.allSatisfy(\.isFinite) && vector.contains { $0 != 0 }
    }
}
