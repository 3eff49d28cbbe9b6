/// What an audit reads and repairs.
extension Registry {
    /// Hands out every marker, a page at a time.
    public func visitMarkers(_ visit: ([Marker]) -> Void) async throws(QdrantError) {
        let filter = QdrantFilter(must: [.match("kind", "marker")])
        var offset: PointID?
        repeat {
            let page = try await scroll(filter, from: offset)
            visit(page.points.compactMap { Marker(payload: $0.payload) })
            offset = page.next
        } while offset != nil
    }

    /// Lets the next run emit documents again, when it lists them: their markers stay, but stand for no version key.
    ///
    /// The markers must stay: they keep older states out, and give the next epoch. One that a newer commit has removed
    /// meanwhile is not brought back.
    public func forgetVersionKeys(of markers: [Marker]) async throws(QdrantError) {
        var body = PointsBody(reservingPoints: markers.count, mode: .updateOnly)
        let now = Timestamp.now.description
        for var marker in markers {
            marker.versionKey = ""
            let id = PointIdentity.marker(documentID: marker.documentID, version: marker.version)
            body.append(id: id, vector: nil) { marker.writePayload(to: &$0, run: "audit", committedAt: now) }
        }
        try await client.upsert(collection, body)
    }

    /// Lets the next run of a source list what changed since `moment`, where it would begin later.
    ///
    /// - Returns: false when no complete run of that source is known; its next run needs `--since`.
    public func rewindRuns(source: String, instance: String, to moment: Timestamp) async throws(QdrantError) -> Bool {
        let filter = QdrantFilter(must: [.match("kind", "run"), .match("source_type", source)])
        var isKnown = false
        for try await page in client.pages(of: collection, filter: filter) {
            var body = PointsBody(reservingPoints: page.count, mode: .updateOnly)
            for point in page where point.payload["instance"]?.string == instance {
                isKnown = true
                guard let start = point.payload["started_at_ms"]?.int, start > moment.milliseconds else { continue }
                body.append(id: point.id, vector: nil) { writer in
                    writer.object { writer in
                        for member in point.payload.object.map({ Array($0) }) ?? [] {
                            writer.key(member.key)
                            if member.key == "started_at_ms" {
                                writer.value(moment.milliseconds)
                            } else {
                                writer.json(member.value.text)
                            }
                        }
                    }
                }
            }
            try await client.upsert(collection, body)
        }
        return isKnown
    }
}
