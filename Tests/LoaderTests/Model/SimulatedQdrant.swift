import Shared

/// The collections of a model run: the requests that the loader makes, each applied as one atomic step.
///
/// Only for the model test, which needs thousands of schedules a minute; everything else runs on the real engine.
/// Not thread-safe: ``TurnTaker`` lets one loader at a time near it.
final class SimulatedQdrant {
    private(set) var collections: [String: [String: JSONElement]] = [:]

    func payloads(in collection: String) -> [JSONElement] { Array((collections[collection] ?? [:]).values) }

    func apply(_ request: HTTPRequest) throws -> HTTPResponse {
        let path = request.url.split(separator: "?")[0].split(separator: "/").map { String($0) }
        // http: / host / collections / name / …
        let (collection, action) = (path[3], path.dropFirst(4).joined(separator: "/"))
        let body = try JSONElement(parsing: request.body ?? Array("{}".utf8))
        switch (request.method, action) {
        case (.put, "points"): return upsert(body, collection)
        case (.post, "points"): return retrieve(body, collection)
        case (.post, "points/scroll"): return scroll(body, collection)
        case (.post, "points/delete"): return delete(body, collection)
        case (.post, "facet"): return facet(body, collection)
        default: return HTTPResponse(status: 501)
        }
    }

    private static let completed = answer { writer in
        writer.object { writer in
            writer.member("operation_id", 1)
            writer.member("status", "completed")
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

    private func upsert(_ body: JSONElement, _ collection: String) -> HTTPResponse {
        let insertsOnly = body["update_mode"]?.string == "insert_only"
        for point in body["points"]?.array.map({ Array($0) }) ?? [] {
            guard let id = point["id"]?.string, let payload = point["payload"] else { continue }
            if insertsOnly, collections[collection]?[id] != nil { continue }
            collections[collection, default: [:]][id] = payload
        }
        return Self.completed
    }

    private func retrieve(_ body: JSONElement, _ collection: String) -> HTTPResponse {
        let ids = body["ids"]?.array?.compactMap(\.string) ?? []
        let found = ids.compactMap { id in collections[collection]?[id].map { (id, $0) } }
        return Self.answer { Self.write(found, to: &$0) }
    }

    private func scroll(_ body: JSONElement, _ collection: String) -> HTTPResponse {
        let found = matching(body, collection).sorted { $0.0 < $1.0 }
        return Self.answer { writer in
            writer.object { writer in
                writer.key("points")
                Self.write(found, to: &writer)
                writer.key("next_page_offset")
                writer.null()
            }
        }
    }

    private func delete(_ body: JSONElement, _ collection: String) -> HTTPResponse {
        if let ids = body["points"]?.array {
            for id in ids.compactMap(\.string) { collections[collection]?[id] = nil }
        } else {
            for (id, _) in matching(body, collection) { collections[collection]?[id] = nil }
        }
        return Self.completed
    }

    private func facet(_ body: JSONElement, _ collection: String) -> HTTPResponse {
        let key = body["key"]?.string ?? ""
        var counts: [String: Int] = [:]
        for (_, payload) in matching(body, collection) { counts[payload[key]?.string ?? "", default: 0] += 1 }
        return Self.answer { writer in
            writer.object { writer in
                writer.key("hits")
                writer.array { writer in
                    for (value, count) in counts {
                        writer.object { writer in
                            writer.member("value", value)
                            writer.member("count", count)
                        }
                    }
                }
            }
        }
    }

    private func matching(_ body: JSONElement, _ collection: String) -> [(String, JSONElement)] {
        (collections[collection] ?? [:]).filter { SimulatedFilter.matches($0.value, body["filter"]) }
            .map { ($0.key, $0.value) }
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
