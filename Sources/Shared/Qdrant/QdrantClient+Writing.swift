extension QdrantClient {
    /// Writes points and returns once they are applied. No points: no request.
    ///
    /// Not atomic: after an error a part may be written, so the same body is to be sent again.
    public func upsert(_ collection: String, _ points: PointsBody) async throws(QdrantError) {
        guard !points.isEmpty else { return }
        try await write(.put, collection, "/points", points.bytes)
    }

    /// Deletes points by id; missing ones are no fault. No ids: no request.
    public func delete(_ collection: String, ids: [PointID]) async throws(QdrantError) {
        guard !ids.isEmpty else { return }
        try await delete(collection) { $0.member("points", ids.map(\.description)) }
    }

    /// Deletes the points that pass a filter.
    ///
    /// - Throws: ``QdrantError/Code/rejected`` without a request when every point would pass; delete the collection for that.
    public func delete(_ collection: String, filter: QdrantFilter) async throws(QdrantError) {
        if filter.isEmpty { throw QdrantError(.rejected, "a delete whose filter every point passes is refused") }
        try await delete(collection) { $0.optionalFilter(filter) }
    }

    private func delete(
        _ collection: String, _ selection: (inout JSONWriter) -> Void
    ) async throws(QdrantError) {
        var writer = JSONWriter()
        writer.object(selection)
        try await write(.post, collection, "/points/delete", writer.bytes)
    }

    /// Sends a write; the answer must say that it is applied.
    func write(
        _ method: HTTPRequest.Method, _ collection: String, _ path: String, _ body: [UInt8]
    ) async throws(QdrantError) {
        // Of concurrent writes to one point, copies could keep different ones (research/qdrant.md §6).
        let query = settings.replicas > 1 ? "?wait=true&ordering=strong" : "?wait=true"
        try await call(method, collection: collection, path + query, body: body) {
            result throws(QdrantError) -> Void? in
            guard let status = result["status"]?.string else { return nil }
            guard status == "completed" else {
                throw QdrantError(.notCompleted, "the write is '\(status.logSafe(limit: 40))', not 'completed'")
            }
            return ()
        }
    }
}
