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
    func upsert(_ chunks: [LoadGroup.Chunk], fingerprint: String) async throws(QdrantError) {
        var body = PointsBody(reservingPoints: chunks.count)
        for chunk in chunks {
            let sparse = chunk.vector.sparse.map { [(name: SparseVector.textName, vector: $0)] } ?? []
            body.append(id: chunk.vector.id, vector: chunk.vector.vector, sparse: sparse) { writer in
                Self.writePayload(of: chunk.vector, chunk.header, fingerprint, to: &writer)
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
}
