import Platforms
import Shared

/// Loaded documents that changed at the source without a trace in what it lists as changed: a label, a move, a comment or file
/// that was deleted.
struct UnseenChanges {
    static let documentsPerRead = 50

    let source: any DocumentSource
    let registry: Registry
    let stop: StopSignal
    /// Documents that this run emits already.
    let emitted: Set<String>

    /// The ids of those in one scope; found by comparing version keys, without reading a document.
    ///
    /// - Throws: `SourceError` when the scope cannot be listed, ``StopSignal/Stopped``.
    func ids(in scope: String) async throws -> [String] {
        var changed: [String] = []
        let pages = source.versionKeys(in: scope)
        while let keys = try await stop.unlessStopped({ try await pages.first { _ in true } }) {
            for (id, marker) in try await registry.latestMarkers(of: Array(keys.keys)) {
                guard marker.state == .loaded, marker.versionKey != keys[id], !emitted.contains(id) else { continue }
                changed.append(id)
            }
        }
        return changed.sorted()
    }
}
