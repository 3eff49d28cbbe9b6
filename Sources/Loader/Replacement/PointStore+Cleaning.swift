import Shared

extension PointStore {
    /// Documents of more chunks than this are cleaned by a filter of their own.
    private static let largeChunkCount = 100
    /// Chunks of current states that one request leaves out.
    private static let excludedAtOnce = 1000

    /// Deletes the points of each marker's document that are neither of the marker's state nor newer.
    ///
    /// What is older is looked for among the points that are not of the current state, and deleted by id: an id belongs to
    /// one version for ever, so it does not matter what happens in between.
    func deleteOlder(than markers: [Marker]) async throws(QdrantError) {
        var batch: [Marker] = []
        for marker in markers {
            if marker.chunkCount > Self.largeChunkCount {
                try await client.delete(collection, filter: Self.older(than: marker))
                continue
            }
            if batch.reduce(marker.chunkCount, { $0 + $1.chunkCount }) > Self.excludedAtOnce {
                try await deleteFound(olderThan: batch)
                batch = []
            }
            batch.append(marker)
        }
        try await deleteFound(olderThan: batch)
    }

    private func deleteFound(olderThan markers: [Marker]) async throws(QdrantError) {
        guard !markers.isEmpty else { return }
        let current = markers.flatMap { marker in
            (0..<marker.chunkCount).map {
                PointIdentity.chunk(
                    documentID: marker.documentID, version: marker.version, fingerprint: marker.fingerprint, index: $0)
            }
        }
        let filter = QdrantFilter(
            must: [.matchAny("document_id", markers.map(\.documentID))],
            mustNot: current.isEmpty ? [] : [.hasID(current)])
        let byDocument = Dictionary(markers.map { ($0.documentID, $0) }, uniquingKeysWith: { first, _ in first })
        let fields = ["document_id", "revision", "epoch", "fingerprint"]
        for try await page in client.pages(of: collection, filter: filter, payload: fields) {
            let older = page.filter { point in
                guard let marker = byDocument[point.payload["document_id"]?.string ?? ""] else { return false }
                return Self.isOlder(point.payload, than: marker)
            }
            try await client.delete(collection, ids: older.map(\.id))
        }
    }

    private static func isOlder(_ payload: JSONElement, than marker: Marker) -> Bool {
        guard let revision = payload["revision"]?.int, let epoch = payload["epoch"]?.int else { return false }
        let version = DocumentVersion(revision: revision, epoch: epoch)
        // The same state cut or embedded with other settings is that of a transformer that is on its way out.
        return version < marker.version
            || (version == marker.version && payload["fingerprint"]?.string != marker.fingerprint)
    }

    /// The same as a filter, for one document.
    private static func older(than marker: Marker) -> QdrantFilter {
        let (revision, epoch) = (marker.version.revision, marker.version.epoch)
        return QdrantFilter(
            must: [.match("document_id", marker.documentID)],
            should: [
                .range("revision", lessThan: revision),
                .filter(QdrantFilter(must: [.match("revision", revision), .range("epoch", lessThan: epoch)])),
                .filter(
                    QdrantFilter(
                        must: [.match("revision", revision), .match("epoch", epoch)],
                        mustNot: [.match("fingerprint", marker.fingerprint)])),
            ])
    }
}
