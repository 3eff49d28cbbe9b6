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
            body.append(id: chunk.vector.id, vector: chunk.vector.vector) { writer in
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

    /// Documents of more chunks than this are probed before they are counted.
    private static let probedChunkCount = 20
    private static let probes = 8

    /// The states whose points are all there, by an exact count.
    ///
    /// Call it after the own writes: then the last of several loaders sees all chunks.
    func complete(_ states: [LoadGroup.State], fingerprint: String) async throws(QdrantError) -> [LoadGroup.State] {
        var complete: [LoadGroup.State] = []
        // A count tells documents apart but not their versions, so each version has its own.
        for round in Self.rounds(try await perhapsComplete(states, fingerprint: fingerprint)) {
            let headers = round.map(\.header).filter { $0.chunkCount > 0 }
            let counts = headers.isEmpty ? [:] : try await self.counts(of: headers, fingerprint: fingerprint)
            complete += round.filter { $0.header.chunkCount == counts[$0.header.id] ?? 0 }
        }
        return complete
    }

    /// Splits states so that no document is in one part twice.
    private static func rounds(_ states: [LoadGroup.State]) -> [[LoadGroup.State]] {
        var rounds: [[LoadGroup.State]] = []
        var times: [String: Int] = [:]
        for state in states {
            let round = times[state.header.id, default: 0]
            times[state.header.id] = round + 1
            if round == rounds.count { rounds.append([]) }
            rounds[round].append(state)
        }
        return rounds
    }

    /// The states that may be complete: of large ones a few chunks, spread over the whole, are looked up by their ids.
    ///
    /// Counting looks at every point of a document. Without this, a document of n messages would cost n counts of n points.
    private func perhapsComplete(
        _ states: [LoadGroup.State], fingerprint: String
    ) async throws(QdrantError) -> [LoadGroup.State] {
        let probes = states.map { Self.probes(of: $0.header, fingerprint) }
        let ids = probes.flatMap { $0 }
        guard !ids.isEmpty else { return states }
        let present = Set(try await client.retrieve(collection, ids: ids, payload: []).map(\.id))
        return zip(states, probes).filter { $1.allSatisfy(present.contains) }.map(\.0)
    }

    private static func probes(of header: DocumentHeader, _ fingerprint: String) -> [PointID] {
        guard header.chunkCount > probedChunkCount else { return [] }
        return (0..<probes).map { probe in
            PointIdentity.chunk(
                documentID: header.id, version: header.version, fingerprint: fingerprint,
                index: probe * (header.chunkCount - 1) / (probes - 1))
        }
    }

    /// How many points each document has in exactly this version and fingerprint: one exact facet for all of them.
    private func counts(
        of documents: [DocumentHeader], fingerprint: String
    ) async throws(QdrantError) -> [String: Int] {
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
