import FoundationEssentials
import Platforms
import Shared

/// Compares the ids that a source has with those that the registry holds, to find what is gone.
///
/// Absence is believed only after every scope of the source was listed to its end, since a document may have moved into any of
/// them, and only when a second listing misses the document, too: an offset that drifts, or an index that lags, skips ids
/// without an error.
struct Census {
    let source: any DocumentSource
    let registry: Registry
    let stop: StopSignal
    let progress: ProgressLine

    private var name: String { type(of: source).name }

    /// The documents of each scope that are loaded, and those of them that the source has no more.
    ///
    /// - Throws: `SourceError` when a listing is incomplete, ``StopSignal/Stopped``.
    func findings(_ scopes: [String]) async throws -> [(name: String, loaded: Int, gone: [Marker])] {
        var existing: Set<String> = []
        try await list(scopes) { existing.formUnion($0) }
        var findings: [(name: String, loaded: Int, gone: [String: Marker])] = []
        for scope in scopes {
            // By id, as a document whose replacement is under way has two markers.
            var loaded: Set<String> = []
            var gone: [String: Marker] = [:]
            try await registry.visitLoadedDocuments(sourceType: name, instance: source.instance, scope: scope) {
                markers in
                loaded.formUnion(markers.map(\.documentID))
                for marker in markers where !existing.contains(marker.documentID) {
                    if let other = gone[marker.documentID], other.version > marker.version { continue }
                    gone[marker.documentID] = marker
                }
            }
            findings.append((scope, loaded.count, gone))
        }
        var missing = Set(findings.flatMap(\.gone.keys))
        if !missing.isEmpty {
            progress.setNote("second look")
            try await list(scopes) { missing.subtract($0) }
        }
        return findings.map { name, loaded, gone in
            let confirmed = gone.values.filter { missing.contains($0.documentID) }
            return (name, loaded, confirmed.sorted { $0.documentID < $1.documentID })
        }
    }

    /// Hands out the ids of every scope, a page at a time.
    private func list(_ scopes: [String], _ visit: ([String]) -> Void) async throws {
        progress.update(completed: 0)
        for scope in scopes {
            let pages = source.identifiers(in: scope)
            while let ids = try await stop.unlessStopped({ try await pages.first { _ in true } }) {
                visit(ids)
                progress.advance(by: ids.count)
            }
        }
    }
}

extension Marker {
    /// The change that removes the document of this marker and outlives any late replay of it.
    func tombstone(by run: RunIdentity) -> DocumentChange {
        let document = Document(
            id: documentID, title: title, content: "", url: url, author: "",
            updatedAt: Timestamp(run.startedAt).description, sourceType: sourceType,
            versionKey: versionKey, revision: version.revision, scope: scope, metadata: .emptyObject)
        return DocumentChange(
            document: document, epoch: max(run.startInMilliseconds, version.epoch + 1), isDeleted: true)
    }
}
