import Shared

/// The collections of a model run: the requests that the loader makes, each applied as one atomic step unless told otherwise.
///
/// For the model test, which needs thousands of schedules a minute, and for faults on order; everything else runs on the real
/// engine. Not thread-safe: ``TurnTaker`` lets one loader at a time near it, ``FaultyQdrant`` is an actor.
final class SimulatedQdrant {
    /// One request, taken apart.
    struct Call {
        let method: HTTPRequest.Method
        let collection: String
        /// The path below the collection.
        let action: String
        let body: JSONElement

        init(_ request: HTTPRequest) throws {
            let path = request.url.split(separator: "?")[0].split(separator: "/").map { String($0) }
            // http: / host / collections / name / …
            method = request.method
            (collection, action) = (path[3], path.dropFirst(4).joined(separator: "/"))
            body = try JSONElement(parsing: request.body ?? Array("{}".utf8))
        }

        var ids: [String] { body["ids"]?.array?.compactMap(\.string) ?? [] }
        var points: [JSONElement] { body["points"]?.array.map { Array($0) } ?? [] }
        var isUpsert: Bool { method == .put && action == "points" }
        var isWrite: Bool { isUpsert || action == "points/delete" }
    }

    private(set) var collections: [String: [String: JSONElement]] = [:]

    func payloads(in collection: String) -> [JSONElement] { Array((collections[collection] ?? [:]).values) }

    func removePoints(of document: String, from collection: String) {
        collections[collection] = collections[collection]?.filter { $0.value["document_id"]?.string != document }
    }

    func apply(_ call: Call) throws -> HTTPResponse {
        switch (call.method, call.action) {
        case (.put, "points"): upsert(call, insertsOnly: call.body["update_mode"]?.string == "insert_only")
        case (.post, "points"): retrieve(call)
        case (.post, "points/scroll"): scroll(call)
        case (.post, "points/delete"): delete(call)
        default: HTTPResponse(status: 501)
        }
    }

    /// Applies the first `count` points of an upsert, as a server does that fails half-way.
    func applyPart(of call: Call, count: Int) {
        _ = upsert(call, insertsOnly: call.body["update_mode"]?.string == "insert_only", limit: count)
    }

    func upsert(_ call: Call, insertsOnly: Bool, limit: Int = .max) -> HTTPResponse {
        for point in call.points.prefix(limit) {
            guard let id = point["id"]?.string, let payload = point["payload"] else { continue }
            if insertsOnly, collections[call.collection]?[id] != nil { continue }
            collections[call.collection, default: [:]][id] = payload
        }
        return Self.completed
    }

    private func retrieve(_ call: Call) -> HTTPResponse {
        let found = call.ids.compactMap { id in collections[call.collection]?[id].map { (id, $0) } }
        return Self.answer { Self.write(found, to: &$0) }
    }

    private func scroll(_ call: Call) -> HTTPResponse {
        let found = matching(call).sorted { $0.0 < $1.0 }
        return Self.answer { writer in
            writer.object { writer in
                writer.key("points")
                Self.write(found, to: &writer)
                writer.key("next_page_offset")
                writer.null()
            }
        }
    }

    private func delete(_ call: Call) -> HTTPResponse {
        let ids = call.body["points"]?.array.map { $0.compactMap(\.string) } ?? matching(call).map(\.0)
        for id in ids { collections[call.collection]?[id] = nil }
        return Self.completed
    }

    private func matching(_ call: Call) -> [(String, JSONElement)] {
        (collections[call.collection] ?? [:]).filter { SimulatedFilter.matches($0.key, $0.value, call.body["filter"]) }
            .map { ($0.key, $0.value) }
    }
}

extension SimulatedQdrant {
    static let completed = answer { writer in
        writer.object { writer in
            writer.member("operation_id", 1)
            writer.member("status", "completed")
        }
    }

    /// Says that all these points exist, without payload.
    static func pointsAnswer(_ ids: [String]) -> HTTPResponse {
        answer { writer in
            writer.array { writer in for id in ids { writer.object { $0.member("id", id) } } }
        }
    }

    private static func answer(_ result: (inout JSONWriter) -> Void) -> HTTPResponse {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("result")
            result(&writer)
            writer.member("status", "ok")
        }
        return HTTPResponse(status: 200, headers: [("content-type", "application/json")], body: writer.bytes)
    }

    private static func write(_ points: [(String, JSONElement)], to writer: inout JSONWriter) {
        writer.array { writer in
            for (id, payload) in points {
                writer.object { writer in
                    writer.member("id", id)
                    writer.key("payload")
                    writer.json(payload.text)
                }
            }
        }
    }
}
