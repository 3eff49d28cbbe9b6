import FlyingFox
import FoundationEssentials

/// What a request is answered with. Nobody may keep a copy of it.
public struct ServedResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(
        _ status: Int, type: String, headers: [(name: String, value: String)] = [], body: [UInt8]
    ) {
        self.status = status
        self.headers = [("Content-Type", type), ("Cache-Control", "no-store")] + headers
        self.body = body
    }

    var response: FlyingFox.HTTPResponse {
        let headers = headers.map { (HTTPHeader($0.name), $0.value) }
        return FlyingFox.HTTPResponse(
            statusCode: HTTPStatusCode(status, phrase: Self.phrases[status] ?? "Status"),
            headers: HTTPHeaders(Dictionary(headers, uniquingKeysWith: { $1 })), body: Data(body))
    }

    private static let phrases = [
        200: "OK", 303: "See Other", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        413: "Content Too Large", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
    ]
}
