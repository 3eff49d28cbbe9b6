/// A fault of the broker or of the way to it.
public struct BrokerError: Error, CustomStringConvertible, Sendable {
    public struct Code: Sendable, Hashable {
        private enum Kind {
            case unavailable, unauthorized, topology, unroutable, tooLarge, refused, connectionLost, protocolViolation
            case cancelled
        }
        private let kind: Kind

        /// Cannot be reached, or not within the given patience.
        public static let unavailable = Code(kind: .unavailable)
        /// User, password, virtual host or permission refused.
        public static let unauthorized = Code(kind: .unauthorized)
        /// Exchange or queue is missing, or exists with other properties.
        public static let topology = Code(kind: .topology)
        /// Returned: no queue is bound for the routing key.
        public static let unroutable = Code(kind: .unroutable)
        /// The body is larger than the broker accepts.
        public static let tooLarge = Code(kind: .tooLarge)
        /// Negatively confirmed, for example by a queue at its limit.
        public static let refused = Code(kind: .refused)
        /// The connection broke; the outcome of what was under way is unknown.
        public static let connectionLost = Code(kind: .connectionLost)
        /// The peer sent what AMQP 0-9-1 does not allow.
        public static let protocolViolation = Code(kind: .protocolViolation)
        public static let cancelled = Code(kind: .cancelled)

        /// A bounded word for metrics.
        public var metricLabel: String { "\(kind)" }
    }

    public let code: Code
    /// What happened and to what, safe for logs.
    public let message: String
    /// AMQP reply code, when the broker gave one.
    public let replyCode: Int?

    public init(_ code: Code, _ message: String, replyCode: Int? = nil) {
        self.code = code
        self.message = message
        self.replyCode = replyCode
    }

    /// Whether the same call may succeed later without anybody's help.
    public var isRetriable: Bool { [.unavailable, .refused, .connectionLost, .protocolViolation].contains(code) }

    public var description: String { message }
}
