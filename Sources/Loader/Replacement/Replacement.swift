import Logging
import Shared

/// Loads vectors messages so that a document's newest complete state is what searches find (DESIGN §7).
///
/// Points of a new state are added beside the old ones; once they are all there a commit marker says so; only then are the
/// old ones deleted. Every step may be repeated and every order of messages ends the same: ids are derived from document,
/// revision and epoch, so no message can touch the points of another state, and the last step always looks at the largest
/// marker again.
struct Replacement: Sendable {
    let points: PointStore
    let registry: Registry
    let logger: Logger

    /// Brings one message into the collection. Returning means: it may be acknowledged.
    ///
    /// Safe to call again after any failure, on any replica, in any order with other messages. A document of many messages
    /// costs the same few requests for each of them, and one count at the end.
    /// - Throws: ``QdrantError``; nothing needs undoing.
    func load(_ message: VectorsMessage, run: String) async throws(QdrantError) {
        let known = try await registry.latestMarkers(of: message.documents.map(\.id))
        let current = message.documents.filter { !isOvertaken($0, by: known[$0.id], message.fingerprint) }
        if !current.isEmpty {
            await FailPoint.reach(.write)
            try await write(message, of: current)
            // What has its marker was counted before; replaying it must not count it again for every message.
            let uncommitted = current.filter { known[$0.id]?.version != $0.version }
            await FailPoint.reach(.commit)
            try await commit(uncommitted, message.fingerprint, run: run)
        }
        // Also when everything was overtaken: the points that an earlier, interrupted attempt left behind must go.
        await FailPoint.reach(.finish)
        try await finish(message.documents)
    }

    private func isOvertaken(_ header: DocumentHeader, by marker: Marker?, _ fingerprint: String) -> Bool {
        guard let marker else { return false }
        return marker.version > header.version
            || (marker.version == header.version && marker.fingerprint != fingerprint)
    }

    /// Writes the points of `documents` that are not there yet.
    private func write(_ message: VectorsMessage, of documents: [DocumentHeader]) async throws(QdrantError) {
        let headers = Dictionary(documents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let wanted = message.vectors.filter { headers[$0.documentID] != nil }
        guard !wanted.isEmpty else { return }
        let stored = try await points.hashes(of: wanted.map(\.id))
        let missing = wanted.filter { stored[$0.id] != $0.hash }
        logger.debug(
            "Points written", metadata: ["written": "\(missing.count)", "spared": "\(wanted.count - missing.count)"])
        guard !missing.isEmpty else { return }
        try await points.upsert(missing, headers: headers, fingerprint: message.fingerprint)
    }

    /// Sets the marker of every document whose chunks are all there; the others wait for their last message.
    private func commit(_ documents: [DocumentHeader], _ fingerprint: String, run: String) async throws(QdrantError) {
        let candidates = try await points.perhapsComplete(documents, fingerprint: fingerprint)
        let counted = candidates.filter { $0.chunkCount > 0 }
        let counts = counted.isEmpty ? [:] : try await points.counts(of: counted, fingerprint: fingerprint)
        let complete = candidates.filter { $0.chunkCount == 0 || counts[$0.id] == $0.chunkCount }
        guard !complete.isEmpty else { return }
        try await registry.commit(complete.map { Marker($0, fingerprint: fingerprint) }, run: run)
    }

    /// Deletes every point and marker that is older than the largest marker of its document.
    ///
    /// The markers are read anew, after all writes: a newer state that was committed meanwhile has cleaned up before our
    /// points came, so they are ours to remove. While the largest marker is still that of the state we are replacing, there
    /// is nothing to do: whoever committed it cleaned up below it.
    private func finish(_ documents: [DocumentHeader]) async throws(QdrantError) {
        let markers = try await registry.markers(of: documents.map(\.id))
        var settled: [String: Marker] = [:]
        for header in documents {
            guard let latest = markers[header.id]?.max(by: { $0.version < $1.version }) else { continue }
            if latest.version >= header.version { settled[header.id] = latest }
        }
        guard !settled.isEmpty else { return }
        try await points.deleteOlder(than: Array(settled.values))
        let older = settled.values.flatMap { latest in
            (markers[latest.documentID] ?? []).filter { $0.version < latest.version }
        }
        // Points first: a marker that outlives its points is found again by the next finish, the reverse is not.
        if !older.isEmpty { try await registry.delete(older) }
    }
}
