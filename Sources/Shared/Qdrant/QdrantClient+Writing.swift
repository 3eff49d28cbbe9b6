/// One step of a batch.
public struct QdrantOperation: Sendable {
    private enum Kind {
        case upsert(PointsBody)
        case deletePoints([PointID])
        case deleteMatching(QdrantFilter)
    }

    private let kind: Kind

    public static func upsert(_ points: PointsBody) -> QdrantOperation { QdrantOperation(kind: .upsert(points)) }

    public static func delete(ids: [PointID]) -> QdrantOperation { QdrantOperation(kind: .deletePoints(ids)) }

    public static func delete(filter: QdrantFilter) -> QdrantOperation {
        QdrantOperation(kind: .deleteMatching(filter))
    }

    /// Whether it would delete every point: never meant, always a mistake in building a filter.
    var wouldDeleteAll: Bool {
        if case .deleteMatching(let filter) = kind { filter.isEmpty } else { false }
    }

    var name: String {
        if case .upsert = kind { "upsert" } else { "delete" }
    }

    func write(to writer: inout JSONWriter) {
        switch kind {
        case .upsert(let points): points.write(to: &writer)
        case .deletePoints(let ids): writer.object { $0.member("points", ids.map(\.description)) }
        case .deleteMatching(let filter): writer.object { $0.optionalFilter(filter) }
        }
    }
}

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
        try await delete(collection, .delete(ids: ids))
    }

    /// Deletes the points that pass a filter.
    ///
    /// - Throws: ``QdrantError/Code/rejected`` without a request when every point would pass; delete the collection for that.
    public func delete(_ collection: String, filter: QdrantFilter) async throws(QdrantError) {
        try await delete(collection, .delete(filter: filter))
    }

    private func delete(_ collection: String, _ operation: QdrantOperation) async throws(QdrantError) {
        try Self.check([operation])
        var writer = JSONWriter()
        operation.write(to: &writer)
        try await write(.post, collection, "/points/delete", writer.bytes)
    }

    /// Does several operations one after the other in one request.
    ///
    /// Not atomic: one that fails stops the rest and keeps what was done (research/qdrant.md §6). Needs Qdrant 1.5.
    public func batch(_ collection: String, _ operations: [QdrantOperation]) async throws(QdrantError) {
        guard !operations.isEmpty else { return }
        try Self.check(operations)
        var writer = JSONWriter(reservingCapacity: 64 << 10)
        writer.object { writer in
            writer.key("operations")
            writer.array { writer in
                for operation in operations {
                    writer.object { writer in
                        writer.key(operation.name)
                        operation.write(to: &writer)
                    }
                }
            }
        }
        try await write(.post, collection, "/points/batch", writer.bytes)
    }

    private static func check(_ operations: [QdrantOperation]) throws(QdrantError) {
        if operations.contains(where: \.wouldDeleteAll) {
            throw QdrantError(.rejected, "a delete whose filter every point passes is refused")
        }
    }

    /// Sends a write; every result of the answer must say that it is applied.
    func write(
        _ method: HTTPRequest.Method, _ collection: String, _ path: String, _ body: [UInt8]
    ) async throws(QdrantError) {
        // Of concurrent writes to one point, copies could keep different ones (research/qdrant.md §6).
        let query = settings.replicas > 1 ? "?wait=true&ordering=strong" : "?wait=true"
        try await call(method, collection: collection, path + query, body: body) {
            result throws(QdrantError) -> Void? in
            let results = result.array.map { Array($0) } ?? [result]
            for result in results {
                guard let status = result["status"]?.string else { return nil }
                guard status == "completed" else {
                    throw QdrantError(.notCompleted, "the write is '\(status.logSafe(limit: 40))', not 'completed'")
                }
            }
            return ()
        }
    }
}
