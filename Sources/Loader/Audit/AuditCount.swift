import Shared

/// Counts the points of every document against its largest marker: a few bytes for each document, however many points.
struct AuditCount {
    private struct Expectation {
        let state: ChunkPoint.State
        let chunkCount: Int
        let isDeleted: Bool
        /// Chunks that were not seen yet.
        var open: Int

        init(_ marker: Marker) {
            state = ChunkPoint.State(version: marker.version, fingerprint: marker.fingerprint)
            chunkCount = marker.chunkCount
            isDeleted = marker.state == .deleted
            open = marker.chunkCount
        }
    }

    private var expectations: [String: Expectation] = [:]
    /// Documents of which something was seen that should not be there.
    private var strange: Set<String> = []

    /// Loaded documents.
    var documents: Int { expectations.values.count { !$0.isDeleted } }

    /// Documents that do not add up.
    var suspects: Set<String> { strange.union(expectations.filter { $0.value.open != 0 }.keys) }

    mutating func expect(_ marker: Marker) {
        if let known = expectations[marker.documentID] {
            strange.insert(marker.documentID)
            if known.state.version > marker.version { return }
        }
        expectations[marker.documentID] = Expectation(marker)
    }

    mutating func see(_ point: ChunkPoint) {
        guard let expected = expectations[point.documentID], point.state == expected.state, point.isInPlace,
            (0..<expected.chunkCount).contains(point.chunkIndex)
        else {
            strange.insert(point.documentID)
            return
        }
        // Ids are unique, so no chunk is counted twice.
        expectations[point.documentID]?.open -= 1
    }
}
