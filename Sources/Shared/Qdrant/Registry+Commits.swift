/// A marker, and how it came to be.
public struct Commit: Sendable {
    public let marker: Marker
    /// The extractor run that brought the state; `audit` where a repair asked for the document again.
    public let run: String
    /// RFC 3339.
    public let committedAt: String

    public init(marker: Marker, run: String, committedAt: String) {
        self.marker = marker
        self.run = run
        self.committedAt = committedAt
    }
}

extension Registry {
    /// Every marker of one document with what is kept about its making, the newest first.
    public func commits(of documentID: String) async throws(QdrantError) -> [Commit] {
        let filter = QdrantFilter(must: [.match("kind", "marker"), .match("document_id", documentID)])
        var commits: [Commit] = []
        var offset: PointID?
        repeat {
            let page = try await scroll(filter, from: offset, payload: Self.markerFields + ["run", "committed_at"])
            for point in page.points {
                guard let marker = Marker(payload: point.payload) else { continue }
                commits.append(
                    Commit(
                        marker: marker, run: point.payload["run"]?.string ?? "",
                        committedAt: point.payload["committed_at"]?.string ?? ""))
            }
            offset = page.next
        } while offset != nil
        return commits.sorted { $0.marker.version > $1.marker.version }
    }

    /// The documents that were loaded from a URL, or deleted since: mostly one.
    public func documentIDs(at url: String) async throws(QdrantError) -> [String] {
        let filter = QdrantFilter(must: [.match("kind", "marker"), .match("url", url)])
        let markers = try await scroll(filter, from: nil).points.compactMap { Marker(payload: $0.payload) }
        return Array(Set(markers.map(\.documentID)))
    }
}
