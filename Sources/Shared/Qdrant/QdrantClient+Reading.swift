extension QdrantClient {
    /// The points with these ids that exist, in no particular order. No ids: no request.
    ///
    /// - Parameters:
    ///   - payload: fields to return, nil for all, empty for none.
    ///   - vectors: whether vectors are returned too.
    public func retrieve(
        _ collection: String, ids: [PointID], payload: [String]? = nil, vectors: Bool = false
    ) async throws(QdrantError) -> [QdrantPoint] {
        guard !ids.isEmpty else { return [] }
        var writer = JSONWriter(reservingCapacity: 64 + 40 * ids.count)
        writer.object { writer in
            writer.member("ids", ids.map(\.description))
            writer.payloadSelection(payload)
            writer.member("with_vector", vectors)
        }
        return try await read(collection, "/points", writer.bytes) { Self.points($0) }
    }

    /// One page of the points that pass a filter, in the order of their ids or of a field.
    ///
    /// - Parameters:
    ///   - filter: nil for every point.
    ///   - payload: fields to return, nil for all, empty for none.
    ///   - limit: at least 1.
    ///   - offset: the first id of the page. Must be nil with `orderBy`, which has no further pages.
    ///   - orderBy: a field with an index of type integer, float or datetime.
    public func scroll(
        _ collection: String, filter: QdrantFilter? = nil, payload: [String]? = nil, vectors: Bool = false,
        limit: Int = 256, offset: PointID? = nil, orderBy: (field: String, descending: Bool)? = nil
    ) async throws(QdrantError) -> ScrollPage {
        var writer = JSONWriter()
        writer.object { writer in
            writer.optionalFilter(filter)
            writer.payloadSelection(payload)
            writer.member("with_vector", vectors)
            writer.member("limit", limit)
            if let offset { writer.member("offset", offset.description) }
            guard let orderBy else { return }
            writer.key("order_by")
            writer.object { writer in
                writer.member("key", orderBy.field)
                writer.member("direction", orderBy.descending ? "desc" : "asc")
            }
        }
        return try await read(collection, "/points/scroll", writer.bytes) { result in
            guard let points = result["points"].flatMap(Self.points) else { return nil }
            guard let next = result["next_page_offset"], !next.isNull else {
                return ScrollPage(points: points, next: nil)
            }
            // An offset that we cannot send back would silently end the walk.
            guard let offset = next.string.flatMap({ PointID($0) }) else { return nil }
            return ScrollPage(points: points, next: offset)
        }
    }

    /// All points that pass a filter, page by page, in the order of their ids.
    public func pages(
        of collection: String, filter: QdrantFilter? = nil, payload: [String]? = nil, vectors: Bool = false,
        pageSize: Int = 256
    ) -> QdrantPages {
        QdrantPages(
            client: self, collection: collection, filter: filter, payload: payload, vectors: vectors,
            pageSize: pageSize)
    }

    /// How many points pass a filter, counted exactly; nil counts all.
    public func count(_ collection: String, filter: QdrantFilter? = nil) async throws(QdrantError) -> Int {
        var writer = JSONWriter()
        writer.object { writer in
            writer.optionalFilter(filter)
            writer.member("exact", true)
        }
        return try await read(collection, "/points/count", writer.bytes) { $0["count"]?.int }
    }

    /// How many points carry each value of a field, counted exactly; values that none carries are missing.
    ///
    /// - Parameters:
    ///   - key: a field with an index of type keyword, integer, uuid or bool. Numbers and flags come as text.
    ///   - limit: values at most, the most frequent first.
    public func facet(
        _ collection: String, key: String, filter: QdrantFilter? = nil, limit: Int
    ) async throws(QdrantError) -> [String: Int] {
        guard limit > 0 else { return [:] }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("key", key)
            writer.member("limit", limit)
            writer.member("exact", true)
            writer.optionalFilter(filter)
        }
        return try await read(collection, "/facet", writer.bytes) { result in
            guard let hits = result["hits"]?.array else { return nil }
            var counts: [String: Int] = [:]
            for hit in hits {
                guard let value = hit["value"].flatMap({ QdrantScalar($0) }), let count = hit["count"]?.int else {
                    return nil
                }
                counts[value.description] = count
            }
            return counts
        }
    }

    /// The points that answer a query best, best first.
    ///
    /// - Parameter payload: fields to return, nil for all, empty for none.
    public func query(
        _ collection: String, _ query: QdrantQuery, filter: QdrantFilter? = nil, limit: Int = 10,
        payload: [String]? = nil
    ) async throws(QdrantError) -> [ScoredPoint] {
        var writer = JSONWriter(reservingCapacity: 8 << 10)
        writer.object { writer in
            query.writeMembers(to: &writer, filter: filter)
            writer.member("limit", limit)
            writer.payloadSelection(payload)
        }
        return try await call(.post, collection: collection, "/points/query", body: writer.bytes) { result in
            guard let hits = result["points"]?.array else { return nil }
            return Self.all(hits) { ScoredPoint($0) }
        }
    }

    /// Reads what decisions rest on: with several copies, a majority is asked.
    private func read<Value>(
        _ collection: String, _ path: String, _ body: [UInt8], answer: (JSONElement) -> Value?
    ) async throws(QdrantError) -> Value {
        let query = settings.replicas > 1 ? "?consistency=majority" : ""
        return try await call(.post, collection: collection, path + query, body: body, read: answer)
    }

    private static func points(_ element: JSONElement) -> [QdrantPoint]? {
        element.array.flatMap { all($0) { QdrantPoint($0) } }
    }

    private static func all<Value>(_ elements: JSONArray, _ read: (JSONElement) -> Value?) -> [Value]? {
        var values: [Value] = []
        for element in elements {
            guard let value = read(element) else { return nil }
            values.append(value)
        }
        return values
    }
}
