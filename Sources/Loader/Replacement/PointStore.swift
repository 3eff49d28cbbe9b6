import Shared

/// The points of chunks in the collection: writing, counting and deleting them by document and version.
struct PointStore: Sendable {
    let client: QdrantClient
    let collection: String

    /// The stored chunk hashes of those points that exist.
    func hashes(of ids: [PointID]) async throws(QdrantError) -> [PointID: String] {
        var hashes: [PointID: String] = [:]
        for point in try await client.retrieve(collection, ids: ids, payload: ["hash"]) {
            hashes[point.id] = point.payload["hash"]?.string
        }
        return hashes
    }

    /// Writes points with their payload (DESIGN §7) and returns once they are applied.
    func upsert(
        _ vectors: [ChunkVector], headers: [String: DocumentHeader], fingerprint: String
    ) async throws(QdrantError) {
        var body = PointsBody(reservingPoints: vectors.count)
        for vector in vectors {
            guard let header = headers[vector.documentID] else { continue }
            let sparse = vector.sparse.map { [(name: SparseVector.textName, vector: $0)] } ?? []
            body.append(id: vector.id, vector: vector.vector, sparse: sparse) { writer in
                Self.writePayload(of: vector, header, fingerprint, to: &writer)
            }
        }
        try await client.upsert(collection, body)
    }

    private static func writePayload(
        of vector: ChunkVector, _ header: DocumentHeader, _ fingerprint: String, to writer: inout JSONWriter
    ) {
        writer.object { writer in
            writer.member("document_id", header.id)
            writer.member("title", header.title)
            writer.member("content", vector.content)
            writer.member("url", header.url)
            writer.member("author", header.author)
            writer.member("updated_at", header.updatedAt)
            writer.member("source_type", header.sourceType)
            writer.member("version_key", header.versionKey)
            writer.member("revision", header.version.revision)
            writer.member("epoch", header.version.epoch)
            writer.member("fingerprint", fingerprint)
            writer.member("chunk_index", vector.index)
            writer.member("chunk_count", header.chunkCount)
            writer.member("hash", vector.hash)
            writer.member("embed_hash", vector.embedHash)
            writer.key("metadata")
            writer.value(header.metadata)
        }
    }

    /// Documents of more chunks than this are probed before they are counted.
    private static let probedChunkCount = 20
    private static let probes = 8

    /// The documents that may be complete: of large ones a few chunks, spread over the whole, are looked up by their ids.
    ///
    /// Counting looks at every point of a document. Without this, a document of n messages would cost n counts of n points.
    /// Call it after the own writes: then the last of several loaders sees all chunks.
    func perhapsComplete(
        _ documents: [DocumentHeader], fingerprint: String
    ) async throws(QdrantError) -> [DocumentHeader] {
        var probes: [String: [PointID]] = [:]
        for header in documents where header.chunkCount > Self.probedChunkCount {
            probes[header.id] = (0..<Self.probes).map { probe in
                PointIdentity.chunk(
                    documentID: header.id, version: header.version, fingerprint: fingerprint,
                    index: probe * (header.chunkCount - 1) / (Self.probes - 1))
            }
        }
        guard !probes.isEmpty else { return documents }
        let found = try await client.retrieve(collection, ids: probes.values.flatMap { $0 }, payload: [])
        let present = Set(found.map(\.id))
        return documents.filter { probes[$0.id]?.allSatisfy(present.contains) ?? true }
    }

    /// How many points each document has in exactly this version and fingerprint: one exact facet for all of them.
    func counts(of documents: [DocumentHeader], fingerprint: String) async throws(QdrantError) -> [String: Int] {
        let filter = QdrantFilter(
            must: [.match("fingerprint", fingerprint)],
            should: documents.map { header in
                .filter(
                    QdrantFilter(must: [
                        .match("document_id", header.id), .match("revision", header.version.revision),
                        .match("epoch", header.version.epoch),
                    ]))
            })
        return try await client.facet(collection, key: "document_id", filter: filter, limit: documents.count)
    }

    /// Deletes the points that are not of the state which each marker stands for and not newer.
    func deleteOlder(than markers: [Marker]) async throws(QdrantError) {
        let filter = QdrantFilter(
            should: markers.map { marker in
                .filter(
                    QdrantFilter(
                        must: [.match("document_id", marker.documentID)],
                        should: Self.olderThan(marker)))
            })
        try await client.delete(collection, filter: filter)
    }

    private static func olderThan(_ marker: Marker) -> [QdrantCondition] {
        let (revision, epoch) = (marker.version.revision, marker.version.epoch)
        return [
            .range("revision", lessThan: revision),
            .filter(QdrantFilter(must: [.match("revision", revision), .range("epoch", lessThan: epoch)])),
            // The same state cut or embedded with other settings, by a transformer that is on its way out.
            .filter(
                QdrantFilter(
                    must: [.match("revision", revision), .match("epoch", epoch)],
                    mustNot: [.match("fingerprint", marker.fingerprint)])),
        ]
    }
}
