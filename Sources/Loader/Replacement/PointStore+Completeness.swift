import Shared

extension PointStore {
    /// Documents of more chunks than this are probed before all their chunks are looked up.
    private static let probedChunkCount = 20
    private static let probes = 8
    /// Ids that one request looks up.
    private static let idsAtOnce = 1000

    /// The states whose points are all there, each chunk looked up by its id.
    ///
    /// By ids and not by a filter: conditions on documents and versions cost Qdrant the product of both, as each candidate's
    /// payload is read for each of them. Call it after the own writes: then the last of several loaders sees all chunks.
    ///
    /// - Parameter present: points that are known to be there, as they were just written or looked up.
    func complete(
        _ states: [LoadGroup.State], fingerprint: String, present: Set<PointID>
    ) async throws(QdrantError) -> [LoadGroup.State] {
        let probes = states.map { state in
            ids(of: state.header, fingerprint, Self.probedIndexes(state.header.chunkCount))
        }
        let probed = try await found(probes.flatMap { $0 }, present)
        let candidates = zip(states, probes).filter { $1.allSatisfy(probed.contains) }.map(\.0)
        let chunks = candidates.map { state in ids(of: state.header, fingerprint, Array(0..<state.header.chunkCount)) }
        let stored = try await found(chunks.flatMap { $0 }, probed)
        return zip(candidates, chunks).filter { $1.allSatisfy(stored.contains) }.map(\.0)
    }

    /// Of large documents a few chunks, spread over the whole. Without them a document of n messages would cost n look-ups
    /// of n points.
    private static func probedIndexes(_ chunkCount: Int) -> [Int] {
        guard chunkCount > probedChunkCount else { return [] }
        return (0..<probes).map { $0 * (chunkCount - 1) / (probes - 1) }
    }

    private func ids(of header: DocumentHeader, _ fingerprint: String, _ indexes: [Int]) -> [PointID] {
        indexes.map {
            PointIdentity.chunk(
                documentID: header.id, version: header.version, fingerprint: fingerprint, index: $0)
        }
    }

    /// `known` and those of `ids` that exist.
    private func found(_ ids: [PointID], _ known: Set<PointID>) async throws(QdrantError) -> Set<PointID> {
        var found = known
        let unknown = Array(Set(ids).subtracting(known))
        for start in stride(from: 0, to: unknown.count, by: Self.idsAtOnce) {
            let page = Array(unknown[start..<min(start + Self.idsAtOnce, unknown.count)])
            found.formUnion(try await client.retrieve(collection, ids: page, payload: []).map(\.id))
        }
        return found
    }
}
