import Foundation
import Shared
import Synchronization

/// Answers from a script and keeps what was asked for vectors.
final class ScriptedTransport: HTTPTransport {
    typealias Answer = @Sendable (_ request: SentRequest, _ number: Int) throws(HTTPError) -> HTTPResponse

    private let answer: Answer
    /// What `/info` says; other servers than text-embeddings-inference do not have it. nil means no answer.
    private let info: HTTPResponse?
    private let log = Mutex<[SentRequest]>([])

    init(info: HTTPResponse? = HTTPResponse(status: 404), _ answer: @escaping Answer) {
        self.info = info
        self.answer = answer
    }

    var requests: [SentRequest] { log.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        if request.method == .get {
            guard request.url == "http://tei:8080/info" else { return HTTPResponse(status: 404) }
            guard let info else { throw HTTPError(.timedOut, endpoint: "tei:8080", message: "no answer") }
            return info
        }
        let sent = SentRequest(request)
        let number = log.withLock { log in
            log.append(sent)
            return log.count
        }
        return try answer(sent, number)
    }
}

/// One request, read back.
struct SentRequest: Sendable {
    let request: HTTPRequest
    let texts: [String]
    let asksForBase64: Bool
    let dimensions: Int?

    init(_ request: HTTPRequest) {
        self.request = request
        let body = try? JSONElement(parsing: request.body ?? [])
        texts = body?["input"]?.array?.compactMap(\.string) ?? []
        asksForBase64 = body?["encoding_format"]?.string == "base64"
        dimensions = body?["dimensions"]?.int
    }

    var authorization: String? { request.headers.first { $0.name == "Authorization" }?.value }
}

extension HTTPResponse {
    /// The answer of a well-behaved server: text t gets the vector (length of t, 1, 1, …).
    static func vectors(for request: SentRequest, dimension: Int = 4, reversed: Bool = false) -> HTTPResponse {
        var items = request.texts.enumerated().map { index, text in
            let vector = [Float(text.utf8.count)] + [Float](repeating: 1, count: dimension - 1)
            return
                "{\"object\":\"embedding\",\"index\":\(index),\"embedding\":\(encoded(vector, request.asksForBase64))}"
        }
        if reversed { items.reverse() }
        return json(200, "{\"object\":\"list\",\"data\":[\(items.joined(separator: ","))],\"model\":\"m\"}")
    }

    static func json(_ status: Int, _ text: String, headers: [(name: String, value: String)] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(text.utf8))
    }

    private static func encoded(_ vector: [Float], _ isBase64: Bool) -> String {
        isBase64 ? "\"\(vector.withUnsafeBytes { Data($0) }.base64EncodedString())\"" : "\(vector)"
    }
}

/// A clock whose sleeps return at once and are written down.
final class InstantClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex<(now: Instant, sleeps: [Duration])>((Instant(offset: .zero), []))

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(state.now.duration(to: deadline))
            state.now = max(state.now, deadline)
        }
    }
}
