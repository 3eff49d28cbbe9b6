/// One request. Redirects are never followed: a 3xx is an answer like any other.
public struct HTTPRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    public var method: Method
    /// Absolute `http` or `https` URL without user info, percent-encoded.
    public var url: String
    /// Name and value pairs. A CR, LF or NUL in either is refused by the transport.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?
    /// Limit of the whole exchange, waiting for a free connection included.
    public var deadline: Duration
    /// Largest decoded body accepted, in bytes; a longer one ends the transfer with ``HTTPError/Code/responseTooLarge``.
    public var maximumResponseBytes: Int

    public init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        deadline: Duration = .seconds(30), maximumResponseBytes: Int = 32 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
        self.maximumResponseBytes = maximumResponseBytes
    }

    /// A request with a JSON body.
    public static func json(
        _ method: Method, _ url: String, body: [UInt8], headers: [(name: String, value: String)] = [],
        deadline: Duration = .seconds(30)
    ) -> HTTPRequest {
        HTTPRequest(
            method, url, headers: headers + [("Content-Type", "application/json")], body: body, deadline: deadline)
    }
}
