/// Why there is no complete answer to a request.
public struct HTTPError: Error, CustomStringConvertible, Sendable {
    public struct Code: Sendable, Hashable {
        private enum Kind {
            case invalidRequest, connectionFailed, timedOut, interrupted, tls, responseTooLarge, cancelled
        }
        private let kind: Kind

        /// URL, header or option that cannot be sent. Not retriable.
        public static let invalidRequest = Code(kind: .invalidRequest)
        /// Name not resolved or connection refused.
        public static let connectionFailed = Code(kind: .connectionFailed)
        /// The deadline of the exchange or of connecting passed.
        public static let timedOut = Code(kind: .timedOut)
        /// The connection broke before the answer was complete; the request may have had its effect.
        public static let interrupted = Code(kind: .interrupted)
        /// The peer's certificate or the TLS handshake was refused. Not retriable.
        public static let tls = Code(kind: .tls)
        /// The body passed the request's limit. Not retriable.
        public static let responseTooLarge = Code(kind: .responseTooLarge)
        public static let cancelled = Code(kind: .cancelled)

        /// A bounded word for metrics.
        public var metricLabel: String { "\(kind)" }
    }

    public let code: Code
    /// Host and port, never path, query or credentials.
    public let endpoint: String
    /// The library's words, free of request contents.
    public let message: String

    public init(_ code: Code, endpoint: String, message: String) {
        self.code = code
        self.endpoint = endpoint
        self.message = message
    }

    /// Whether the same request may succeed later.
    public var isRetriable: Bool { [.connectionFailed, .timedOut, .interrupted].contains(code) }

    public var description: String { "\(endpoint): \(message)" }
}
