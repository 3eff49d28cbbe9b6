import Shared
import Synchronization

@testable import Transformer

/// A Qdrant that holds some markers and points and answers the transformer's look-ups; it reads filters as far as they go.
final class StoredPoints: HTTPTransport {
    struct Point {
        var documentID: String
        var embedHash: String
        var vector: [Float]
        var fingerprint = "f"
        var version = DocumentVersion(revision: 7, epoch: 1)
    }

    let markers: [Marker]
    let points: [Point]
    private let asked = Mutex<[String]>([])

    init(markers: [Marker] = [], points: [Point] = []) {
        self.markers = markers
        self.points = points
    }

    /// The path of each request.
    var requests: [String] { asked.withLock { $0 } }

    func work() throws -> StoredWork {
        let url = try ServiceURL("http://qdrant:6333", schemes: ["http"])
        let client = QdrantClient(transport: self, settings: QdrantSettings(url: url), retries: .never)
        return StoredWork(
            client: client, registry: Registry(client: client, collection: "ohra_registry"), collection: "ohra",
            fingerprint: "f", dimension: 2)
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let path = request.url.replacing("http://qdrant:6333/collections/", with: "")
        asked.withLock { $0.append(path) }
        let body: JSONElement
        do { body = try JSONElement(parsing: request.body ?? []) } catch { return HTTPResponse(status: 400) }
        let must = body["filter"]?["must"]?.array.map { Array($0) } ?? []
        func any(_ field: String) -> Set<String> {
            Set(must.first { $0["key"]?.string == field }?["match"]?["any"]?.array?.compactMap(\.string) ?? [])
        }
        var writer = JSONWriter()
        switch path {
        case "ohra_registry/points/scroll":
            write(markers.filter { any("document_id").contains($0.documentID) }, &writer)
        case "ohra/points/scroll":
            guard body["with_vector"]?.bool == true else { return HTTPResponse(status: 400) }
            write(
                points.filter {
                    any("document_id").contains($0.documentID) && any("embed_hash").contains($0.embedHash)
                        && must.contains { $0["match"]?["value"]?.string == "f" } && $0.fingerprint == "f"
                }, &writer)
        case "ohra/facet": writeCounts(body["filter"]?["should"]?.array.map { Array($0) } ?? [], &writer)
        default: return HTTPResponse(status: 404)
        }
        return HTTPResponse(status: 200, body: writer.bytes)
    }

    private func answer(_ writer: inout JSONWriter, _ result: (inout JSONWriter) -> Void) {
        writer.object { writer in
            writer.member("status", "ok")
            writer.key("result")
            writer.object { result(&$0) }
        }
    }

    private func write(_ markers: [Marker], _ writer: inout JSONWriter) {
        answer(&writer) { writer in
            writer.key("points")
            writer.array { writer in
                for marker in markers {
                    writer.object { writer in
                        writer.member(
                            "id",
                            PointIdentity.marker(documentID: marker.documentID, version: marker.version).description)
                        writer.key("payload")
                        writer.object { writer in
                            writer.member("document_id", marker.documentID)
                            writer.member("source_type", marker.sourceType)
                            writer.member("version_key", marker.versionKey)
                            writer.member("fingerprint", marker.fingerprint)
                            writer.member("revision", marker.version.revision)
                            writer.member("epoch", marker.version.epoch)
                            writer.member("chunk_count", marker.chunkCount)
                            writer.member("state", marker.state.rawValue)
                        }
                    }
                }
            }
        }
    }

    private func write(_ points: [Point], _ writer: inout JSONWriter) {
        answer(&writer) { writer in
            writer.key("points")
            writer.array { writer in
                for (index, point) in points.enumerated() {
                    writer.object { writer in
                        writer.member(
                            "id", PointIdentity.record(kind: "test", name: "\(index)").description)
                        writer.key("payload")
                        writer.object { $0.member("embed_hash", point.embedHash) }
                        writer.key("vector")
                        writer.value(point.vector)
                    }
                }
            }
        }
    }

    private func writeCounts(_ versions: [JSONElement], _ writer: inout JSONWriter) {
        answer(&writer) { writer in
            writer.key("hits")
            writer.array { writer in
                for version in versions {
                    let values = version["must"]?.array?.compactMap { $0["match"]?["value"] } ?? []
                    let count = points.count {
                        $0.documentID == values[0].string && $0.version.revision == values[1].int
                            && $0.version.epoch == values[2].int
                    }
                    guard count > 0 else { continue }
                    writer.object { writer in
                        writer.member("value", values[0].string ?? "")
                        writer.member("count", count)
                    }
                }
            }
        }
    }
}
