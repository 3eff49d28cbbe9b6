import Shared

/// Judges one document by its markers and its points.
struct DocumentAudit {
    let documentID: String
    let markers: [Marker]
    let points: [ChunkPoint]
    /// States with a smaller epoch should be complete by now; the points of others may still be on their way.
    let settledEpoch: Int

    private var latest: Marker? { markers.max { $0.version < $1.version } }

    var findings: [AuditFinding] {
        let strays = points.filter { !$0.isInPlace }
        let states = Dictionary(grouping: points.filter(\.isInPlace), by: \.state)
        var findings: [AuditFinding] = []
        if !strays.isEmpty {
            findings.append(about(.duplicate, strays, "beside the points of their chunks"))
        }
        for (state, points) in states.sorted(by: { $0.key < $1.key }) {
            findings += judge(state, points)
        }
        guard let latest else { return findings }
        let older = markers.filter { $0.version < latest.version }
        if !older.isEmpty {
            var finding = about(.stale, [], "\(older.count) markers of states that were replaced")
            finding.staleMarkers = older
            findings.append(finding)
        }
        let current = ChunkPoint.State(version: latest.version, fingerprint: latest.fingerprint)
        let present = Set((states[current] ?? []).map(\.chunkIndex).filter { (0..<latest.chunkCount).contains($0) })
        if present.count < latest.chunkCount {
            var finding = about(.missing, [], "\(present.count) of \(latest.chunkCount) chunks are there")
            finding.points = latest.chunkCount - present.count
            finding.incomplete = latest
            finding.needsExtraction = true
            findings.append(finding)
        }
        return findings
    }

    /// Since when the source has had this document as it is now, or earlier; nil when no point tells.
    private var earliestUpdate: Timestamp? {
        points.compactMap { WindowMoment($0.updatedAt).map { Timestamp($0.date) } }
            .min { $0.milliseconds < $1.milliseconds }
    }

    private func judge(_ state: ChunkPoint.State, _ points: [ChunkPoint]) -> [AuditFinding] {
        let name = "revision \(state.version.revision), epoch \(state.version.epoch)"
        guard let latest, state.version <= latest.version else {
            guard state.version.epoch < settledEpoch else { return [] }
            var finding = about(.orphaned, points, "\(name) never became complete")
            finding.needsExtraction = true
            return [finding]
        }
        guard state.version == latest.version, state.fingerprint == latest.fingerprint else {
            return [about(.stale, points, "\(name) was replaced")]
        }
        let surplus = points.filter { !(0..<latest.chunkCount).contains($0.chunkIndex) }
        guard !surplus.isEmpty else { return [] }
        return [about(.wrongCount, surplus, "\(points.count) points, \(latest.chunkCount) chunks")]
    }

    /// A finding whose points must go.
    private func about(_ kind: AuditFinding.Kind, _ points: [ChunkPoint], _ detail: String) -> AuditFinding {
        AuditFinding(
            kind: kind, documentID: documentID, detail: detail, points: points.count,
            surplus: points.map(\.id).sorted { $0.description < $1.description }, updatedAt: earliestUpdate)
    }
}
