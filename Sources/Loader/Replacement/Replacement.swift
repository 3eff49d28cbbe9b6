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

    /// Replaces documents in the collection of the client's settings.
    init(_ client: QdrantClient) {
        points = PointStore(client: client, collection: client.settings.collection)
        registry = Registry(client: client, collection: client.settings.registryCollection)
    }

    /// Brings a group of messages into the collection. Returning means: they may be acknowledged, unless a write of an
    /// earlier attempt may still be on its way (``LateWrites``).
    ///
    /// Safe to call again after any failure, on any replica, in any order with other groups. A document of many messages
    /// costs the same few requests for each group of them, and one count at the end.
    /// - Throws: ``QdrantError``; nothing needs undoing.
    func load(_ group: LoadGroup) async throws(QdrantError) -> LoadReport {
        var report = LoadReport()
        let known = try await registry.latestMarkers(of: group.documentIDs)
        let current = group.states.filter { !isOvertaken($0.header, by: known[$0.header.id], group.fingerprint) }
        report.overtaken = group.states.count - current.count
        if !current.isEmpty {
            await reach(.write, group)
            let chunks = group.chunks.filter { !isOvertaken($0.header, by: known[$0.header.id], group.fingerprint) }
            report.written = try await write(chunks, group.fingerprint)
            report.spared = chunks.count - report.written
            // What has its marker was counted before; replaying it must not count it again for every message.
            let uncommitted = current.filter { known[$0.header.id]?.version != $0.header.version }
            await reach(.commit, group)
            report.committed = try await commit(
                uncommitted, group.fingerprint, present: Set(chunks.map(\.vector.id)))
        }
        // Also when everything was overtaken: the points that an earlier, interrupted attempt left behind must go.
        await reach(.finish, group)
        try await finish(group)
        return report
    }

    /// Fail points count messages, however they are joined.
    private func reach(_ step: FailPoint.Step, _ group: LoadGroup) async {
        for _ in 0..<group.messageCount { await FailPoint.reach(step) }
    }

    private func isOvertaken(_ header: DocumentHeader, by marker: Marker?, _ fingerprint: String) -> Bool {
        guard let marker else { return false }
        return marker.version > header.version
            || (marker.version == header.version && marker.fingerprint != fingerprint)
    }

    /// Writes those points that are not there yet, and says how many they were.
    private func write(_ chunks: [LoadGroup.Chunk], _ fingerprint: String) async throws(QdrantError) -> Int {
        guard !chunks.isEmpty else { return 0 }
        let stored = try await points.hashes(of: chunks.map(\.vector.id))
        let missing = chunks.filter { stored[$0.vector.id] != $0.vector.hash }
        if !missing.isEmpty { try await points.upsert(missing, fingerprint: fingerprint) }
        return missing.count
    }

    /// Sets the marker of every state whose chunks are all there; the others wait for their last message.
    private func commit(
        _ states: [LoadGroup.State], _ fingerprint: String, present: Set<PointID>
    ) async throws(QdrantError) -> Int {
        let complete = try await points.complete(states, fingerprint: fingerprint, present: present)
        guard !complete.isEmpty else { return 0 }
        try await registry.commit(
            complete.map { (marker: Marker($0.header, fingerprint: fingerprint), run: $0.run) })
        return complete.count
    }

    /// Deletes every point and marker that is older than the largest marker of its document.
    ///
    /// The markers are read anew, after all writes: a newer state that was committed meanwhile has cleaned up before our
    /// points came, so they are ours to remove. While the largest marker is still that of the state we are replacing, there
    /// is nothing to do: whoever committed it cleaned up below it.
    private func finish(_ group: LoadGroup) async throws(QdrantError) {
        let markers = try await registry.markers(of: group.documentIDs)
        var settled: [String: Marker] = [:]
        for state in group.states {
            let header = state.header
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
