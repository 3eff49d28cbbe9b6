import FoundationEssentials
import Synchronization

@testable import Shared

/// A Qdrant that holds markers and answers the requests of a run.
final class StubRegistry: HTTPTransport {
    private let markers: [Marker]
    /// When the last complete run over a scope began.
    private let runs: [String: Date]
    private let looked = Mutex<[Int]>([])
    private let written = Mutex<[String]>([])

    init(_ markers: [Marker] = [], runs: [String: Date] = [:]) {
        self.markers = markers
        self.runs = runs
    }

    var registry: Registry {
        // A constant; nothing is ever sent to it.
        let url = try! ServiceURL("http://qdrant.test", schemes: ["http"])
        return Registry(
            client: QdrantClient(transport: self, settings: QdrantSettings(url: url)), collection: "ohra_registry")
    }

    /// How many documents each look-up asked for.
    var lookUps: [Int] { looked.withLock { $0 } }
    /// Bodies of points that were written.
    var writes: [String] { written.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = request.body ?? []
        if request.url.hasSuffix("/points/scroll") {
            guard let filter = try? JSONElement(parsing: body)["filter"], let conditions = filter["must"]?.array else {
                throw HTTPError(.interrupted, endpoint: "stub", message: "an unexpected filter")
            }
            let excluded = filter["must_not"]?.array.map(Array.init)?.first?["match"]?["any"]?.array
            return Self.answer(points(Array(conditions), outside: excluded.map { $0.compactMap(\.string) } ?? []))
        }
        if request.url.hasSuffix("/points") { return Self.answer(records) }
        if request.url.contains("/points?") {
            written.withLock { $0.append(String(decoding: body, as: UTF8.self)) }
            return Self.answer(#"{"status":"completed","operation_id":1}"#)
        }
        if request.method == .get {
            return Self.answer(request.url.hasSuffix("/exists") ? #"{"exists":true}"# : #"{"aliases":[]}"#)
        }
        return Self.answer(request.url.contains("/index") ? #"{"status":"completed","operation_id":1}"# : "true")
    }

    private var records: String {
        let points = runs.map { scope, start in
            let id = PointIdentity.record(kind: "run", name: scope)
            let milliseconds = Int(start.timeIntervalSince1970 * 1000)
            return "{\"id\":\"\(id)\",\"payload\":{\"scope\":\"\(scope)\",\"started_at_ms\":\(milliseconds)}}"
        }
        return "[\(points.joined(separator: ","))]"
    }

    private func points(_ conditions: [JSONElement], outside scopes: [String]) -> String {
        var found = markers.filter { !scopes.contains($0.scope) }
        for condition in conditions {
            if let ids = condition["match"]?["any"]?.array.map(Array.init) {
                looked.withLock { $0.append(ids.count) }
                let wanted = Set(ids.compactMap(\.string))
                found = found.filter { wanted.contains($0.documentID) }
            } else if condition["key"]?.string == "scope" {
                found = found.filter { $0.scope == condition["match"]?["value"]?.string }
            }
        }
        let points = found.map { marker in
            var writer = JSONWriter()
            marker.writePayload(to: &writer, run: "", committedAt: "")
            let id = PointIdentity.marker(documentID: marker.documentID, version: marker.version)
            return "{\"id\":\"\(id)\",\"payload\":\(String(decoding: writer.bytes, as: UTF8.self))}"
        }
        return "{\"points\":[\(points.joined(separator: ","))],\"next_page_offset\":null}"
    }

    private static func answer(_ result: String) -> HTTPResponse {
        HTTPResponse(status: 200, body: Array("{\"result\":\(result),\"status\":\"ok\"}".utf8))
    }
}

extension Marker {
    static func sample(
        _ id: String, scope: String = "A", versionKey: String = "v1", fingerprint: String = "f", epoch: Int = 1,
        sourceType: String = "stub"
    ) -> Marker {
        Marker(
            documentID: id, sourceType: sourceType, versionKey: versionKey, fingerprint: fingerprint,
            version: DocumentVersion(revision: 7, epoch: epoch), chunkCount: 1, state: .loaded, title: "t", url: "u",
            scope: scope)
    }
}
