import Shared

/// A Qdrant in memory that fails as a test wants, and remembers what it was asked.
actor FaultyQdrant: HTTPTransport {
    typealias Call = SimulatedQdrant.Call

    enum Fault: Sendable {
        case status(Int, retryAfter: Int? = nil)
        /// Taken, but not applied.
        case result(String)
        /// Applied, but the answer is lost.
        case lostAnswer
        /// Never arrives.
        case refused
    }

    private let store = SimulatedQdrant()
    private let fault: @Sendable (_ call: Call, _ upserts: Int) -> Fault?
    /// Points of each upsert of chunks, failed ones included.
    private(set) var upserts: [Int] = []

    /// - Parameter fault: what becomes of a call; `upserts` of chunks came before it. nil: it succeeds.
    init(_ fault: @escaping @Sendable (_ call: Call, _ upserts: Int) -> Fault?) { self.fault = fault }

    /// The chunks of a document that are there.
    func points(of document: String) -> Int { count(document, in: "c") }

    /// Whether a document is said to be loaded.
    func isCommitted(_ document: String) -> Bool { count(document, in: "c_registry") == 1 }

    private func count(_ document: String, in collection: String) -> Int {
        store.payloads(in: collection).count { $0["document_id"]?.string == document }
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        do {
            if let answer = Self.setUp(request) { return answer }
            let call = try Call(request)
            let fault = fault(call, upserts.count)
            if call.isUpsert, call.collection == "c" { upserts.append(call.points.count) }
            switch fault {
            case nil: return try store.apply(call)
            case .status(let status, let retryAfter):
                return HTTPResponse(
                    status: status, headers: retryAfter.map { [("retry-after", "\($0)")] } ?? [],
                    body: Array(#"{"status":{"error":"as ordered"}}"#.utf8))
            case .result(let status):
                return Self.answer(#"{"operation_id":1,"status":"\#(status)"}"#)
            case .lostAnswer:
                _ = try store.apply(call)
                throw HTTPError(.interrupted, endpoint: "faulty:80", message: "the answer is lost")
            case .refused: throw HTTPError(.connectionFailed, endpoint: "faulty:80", message: "refused")
            }
        } catch let error as HTTPError {
            throw error
        } catch {
            throw HTTPError(.invalidRequest, endpoint: "faulty:80", message: "\(error)")
        }
    }

    /// Answers what makes the collection ready.
    private static func setUp(_ request: HTTPRequest) -> HTTPResponse? {
        let path = request.url.split(separator: "/").dropFirst(2).joined(separator: "/")
        switch (request.method, path) {
        case (.get, "collections/c/exists"): return answer(#"{"exists":true}"#)
        case (.get, "collections/c"):
            return answer(#"{"config":{"params":{"vectors":{"size":1,"distance":"Cosine"}}},"payload_schema":{}}"#)
        case (.put, "collections/c/index?wait=true"): return SimulatedQdrant.completed
        case (.post, "collections/c_registry/points/count"): return answer(#"{"count":0}"#)
        default: return nil
        }
    }

    private static func answer(_ result: String) -> HTTPResponse {
        HTTPResponse(status: 200, body: Array(#"{"result":\#(result),"status":"ok"}"#.utf8))
    }
}
