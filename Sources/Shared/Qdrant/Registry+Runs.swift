public import FoundationEssentials

extension Registry {
    /// Notes that a run read these scopes to their end, so that the next one starts where it began.
    public func recordRun(
        source: String, instance: String, scopes: [String], run: String, startedAt: Date
    ) async throws(QdrantError) {
        guard !scopes.isEmpty else { return }
        var body = PointsBody(reservingPoints: scopes.count)
        for scope in scopes {
            let name = Self.runName(source, instance, scope)
            body.append(id: PointIdentity.record(kind: "run", name: name), vector: nil) { writer in
                writer.object { writer in
                    writer.member("kind", "run")
                    writer.member("source_type", source)
                    writer.member("instance", instance)
                    writer.member("scope", scope)
                    writer.member("run", run)
                    writer.member("started_at_ms", Int(startedAt.timeIntervalSince1970 * 1000))
                    writer.member("completed_at", Timestamp.now.description)
                }
            }
        }
        try await prepare()
        try await client.upsert(collection, body)
    }

    /// When the last run began that read a scope to its end, for those of `scopes` that ever were.
    public func lastCompleteRuns(
        source: String, instance: String, scopes: [String]
    ) async throws(QdrantError) -> [String: Date] {
        var starts: [String: Date] = [:]
        for start in stride(from: 0, to: scopes.count, by: Self.pageSize) {
            let ids = scopes[start..<min(start + Self.pageSize, scopes.count)].map {
                PointIdentity.record(kind: "run", name: Self.runName(source, instance, $0))
            }
            for record in try await records(ids, fields: ["scope", "started_at_ms"]) {
                guard let scope = record["scope"]?.string, let start = record["started_at_ms"]?.int else { continue }
                starts[scope] = Date(timeIntervalSince1970: Double(start) / 1000)
            }
        }
        return starts
    }

    /// For each source that ever read a scope to its end: when the run began up to which all its scopes are read. The
    /// scope that is furthest behind decides, so one that fails run after run shows.
    public func lastCompleteRuns() async throws(QdrantError) -> [String: Timestamp] {
        var starts: [String: Int] = [:]
        var offset: PointID?
        repeat {
            let page: ScrollPage
            do {
                page = try await client.scroll(
                    collection, filter: QdrantFilter(must: [.match("kind", "run")]),
                    payload: ["source_type", "started_at_ms"], limit: Self.pageSize, offset: offset)
            } catch  where error.code == .collectionMissing {
                return [:]
            }
            for point in page.points {
                guard let source = point.payload["source_type"]?.string,
                    let start = point.payload["started_at_ms"]?.int
                else { continue }
                starts[source] = min(starts[source] ?? start, start)
            }
            offset = page.next
        } while offset != nil
        return starts.mapValues { Timestamp(milliseconds: $0) }
    }

    func records(_ ids: [PointID], fields: [String]) async throws(QdrantError) -> [JSONElement] {
        do {
            return try await client.retrieve(collection, ids: ids, payload: fields).map(\.payload)
        } catch  where error.code == .collectionMissing {
            return []
        }
    }

    private static func runName(_ source: String, _ instance: String, _ scope: String) -> String {
        "\(source):\(instance):\(scope)"
    }
}
