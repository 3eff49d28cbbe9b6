import Shared

/// Puts right what an audit found: deletes what must not be there, and has incomplete documents extracted again.
struct AuditRepair: Sendable {
    struct Result: Sendable, Equatable {
        var deletedPoints = 0
        var deletedMarkers = 0
        /// Documents that the next run emits again.
        var requested = 0
        /// For each source of those: what its next run reads.
        var windows: [String: Timestamp] = [:]
        /// Sources of which no complete run is known: the next run must be told where to begin.
        var sourcesWithoutRun: [String: Timestamp] = [:]

        var isComplete: Bool { sourcesWithoutRun.isEmpty }
    }

    let client: QdrantClient
    let registry: Registry

    private static let idsAtOnce = 1000

    func run(_ findings: [AuditFinding]) async throws(QdrantError) -> Result {
        var result = Result()
        let again = findings.filter(\.needsExtraction)
        result.requested = Set(again.map(\.documentID)).count
        // Asked for before anything is deleted: the points that are still there tell since when to read.
        try await request(again, &result)
        let surplus = findings.flatMap(\.surplus)
        for start in stride(from: 0, to: surplus.count, by: Self.idsAtOnce) {
            let page = Array(surplus[start..<min(start + Self.idsAtOnce, surplus.count)])
            try await client.delete(client.settings.collection, ids: page)
        }
        result.deletedPoints = surplus.count
        let markers = findings.flatMap(\.staleMarkers)
        if !markers.isEmpty { try await registry.delete(markers) }
        result.deletedMarkers = markers.count
        return result
    }

    private func request(_ findings: [AuditFinding], _ result: inout Result) async throws(QdrantError) {
        let incomplete = findings.compactMap(\.incomplete)
        if !incomplete.isEmpty { try await registry.forgetVersionKeys(of: incomplete) }
        for (place, moment) in Self.windows(findings) {
            let isKnown = try await registry.rewindRuns(source: place.source, instance: place.instance, to: moment)
            if isKnown {
                result.windows[place.source] = moment
            } else {
                result.sourcesWithoutRun[place.source] = moment
            }
        }
    }

    private struct Place: Hashable {
        let source: String
        let instance: String

        /// From `<source>:<instance>:<number>`.
        init?(documentID: String) {
            let parts = documentID.split(separator: ":", maxSplits: 2)
            guard parts.count == 3 else { return nil }
            (source, instance) = (String(parts[0]), String(parts[1]))
        }
    }

    /// Since when each source must be read to come upon all of its documents again.
    private static func windows(_ findings: [AuditFinding]) -> [Place: Timestamp] {
        var windows: [Place: Timestamp] = [:]
        for finding in findings {
            guard let place = Place(documentID: finding.documentID) else { continue }
            let moment = finding.updatedAt ?? Timestamp(milliseconds: 0)
            windows[place] = windows[place].map { $0.milliseconds < moment.milliseconds ? $0 : moment } ?? moment
        }
        return windows
    }
}

extension AuditRepair.Result {
    var text: String {
        var lines = ["Deleted \(deletedPoints) points and \(deletedMarkers) markers."]
        if requested > 0 { lines.append("Asked for \(requested) documents again:") }
        for (source, moment) in windows.sorted(by: { $0.key < $1.key }) {
            lines.append("  the next run of 'extractor \(source)' reads what changed since \(moment)")
        }
        for (source, moment) in sourcesWithoutRun.sorted(by: { $0.key < $1.key }) {
            lines.append("  run 'extractor \(source) --since \(moment)': no complete run of it is known")
        }
        return lines.joined(separator: "\n")
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("deleted_points", deletedPoints)
            writer.member("deleted_markers", deletedMarkers)
            writer.member("requested", requested)
            for (name, windows) in [("reads_since", windows), ("needs_since", sourcesWithoutRun)] {
                writer.key(name)
                writer.object { writer in
                    for (source, moment) in windows.sorted(by: { $0.key < $1.key }) {
                        writer.member(source, moment.description)
                    }
                }
            }
        }
    }
}
