import Shared

/// Compares what the registry says is loaded with the points that are there.
///
/// The first look counts, a few bytes for each document; documents that do not add up are looked at closely, and again
/// after a moment, as a loader may just be replacing them.
struct Audit: Sendable {
    let client: QdrantClient
    let registry: Registry
    /// States with a smaller epoch should be complete by now.
    let settledEpoch: Int
    /// How long a loader may take to replace a document.
    let patience: Duration

    /// Points of a page, and documents that are looked at together.
    private static let (pageSize, documentsAtOnce) = (1000, 50)

    func run(_ progress: ProgressLine) async throws -> AuditReport {
        var report = AuditReport()
        let suspects = try await suspects(&report, progress)
        let first = try await look(at: suspects)
        if !first.isEmpty { try await Task.sleep(for: patience) }
        let second = try await look(at: Set(first.keys))
        for (document, findings) in first.sorted(by: { $0.key < $1.key }) {
            report.findings += findings.filter { second[document]?.contains($0) == true }
        }
        return report
    }

    /// Documents whose points do not add up.
    private func suspects(_ report: inout AuditReport, _ progress: ProgressLine) async throws -> Set<String> {
        var count = AuditCount()
        // Markers first: what is committed meanwhile looks wrong at the first look only.
        try await registry.visitMarkers { markers in for marker in markers { count.expect(marker) } }
        var nameless: [PointID] = []
        if try await client.collectionExists(client.settings.collection) {
            for try await page in client.pages(
                of: client.settings.collection, payload: ChunkPoint.fields, pageSize: Self.pageSize)
            {
                report.points += page.count
                progress.update(completed: report.points)
                for point in page {
                    if let audited = ChunkPoint(id: point.id, payload: point.payload) {
                        count.see(audited)
                    } else {
                        nameless.append(point.id)
                    }
                }
            }
        }
        report.documents = count.documents
        if !nameless.isEmpty {
            report.findings.append(
                AuditFinding(
                    kind: .orphaned, documentID: "", detail: "points that do not say which document they are of",
                    points: nameless.count, surplus: nameless))
        }
        return count.suspects
    }

    /// The findings about each of these documents that has some.
    private func look(at documents: Set<String>) async throws -> [String: [AuditFinding]] {
        var findings: [String: [AuditFinding]] = [:]
        let documents = documents.sorted()
        for start in stride(from: 0, to: documents.count, by: Self.documentsAtOnce) {
            let group = Array(documents[start..<min(start + Self.documentsAtOnce, documents.count)])
            let markers = try await registry.markers(of: group)
            let points = try await points(of: group)
            for document in group {
                let audit = DocumentAudit(
                    documentID: document, markers: markers[document] ?? [], points: points[document] ?? [],
                    settledEpoch: settledEpoch)
                if !audit.findings.isEmpty { findings[document] = audit.findings }
            }
        }
        return findings
    }

    private func points(of documents: [String]) async throws -> [String: [ChunkPoint]] {
        guard try await client.collectionExists(client.settings.collection) else { return [:] }
        var points: [String: [ChunkPoint]] = [:]
        let filter = QdrantFilter(must: [.matchAny("document_id", documents)])
        for try await page in client.pages(
            of: client.settings.collection, filter: filter, payload: ChunkPoint.fields, pageSize: Self.pageSize)
        {
            for point in page.compactMap({ ChunkPoint(id: $0.id, payload: $0.payload) }) {
                points[point.documentID, default: []].append(point)
            }
        }
        return points
    }
}
