/// Why Qdrant did not do what was asked.
///
/// The table of research/qdrant.md §6 decides who must act: ``isRetriable`` later, ``isRejection`` never and only this
/// body, ``isFatal`` never and everything.
public struct QdrantError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private enum Kind {
            case rejected, credentialsRefused, collectionMissing, alreadyExists, unavailable, rateLimited, tooCostly
            case overQuota, notCompleted, unexpectedAnswer, misconfigured, cancelled
        }
        private let kind: Kind

        /// 400, 413, 422: the body will never be accepted. Bisect the batch, set the culprit aside.
        public static let rejected = Code(kind: .rejected)
        /// 401, 403: key missing, wrong or without the right. Fatal.
        public static let credentialsRefused = Code(kind: .credentialsRefused)
        /// 404: the collection does not exist.
        public static let collectionMissing = Code(kind: .collectionMissing)
        /// 409: a collection of that name exists.
        public static let alreadyExists = Code(kind: .alreadyExists)
        /// 408, 5xx or no answer: may have been applied in part, so send it again. Retriable.
        public static let unavailable = Code(kind: .unavailable)
        /// 429 with `Retry-After`. Retriable.
        public static let rateLimited = Code(kind: .rateLimited)
        /// 429 without `Retry-After`: the request costs more than the rate limit ever allows. Send less at once.
        public static let tooCostly = Code(kind: .tooCostly)
        /// 507: over quota. Pause the intake. Retriable, but not soon.
        public static let overQuota = Code(kind: .overQuota)
        /// 200, but `acknowledged` or `wait_timeout` instead of `completed`: perhaps applied later. Retriable.
        public static let notCompleted = Code(kind: .notCompleted)
        /// A success that cannot be read, or a redirect: most likely not a Qdrant server. Retriable a few times.
        public static let unexpectedAnswer = Code(kind: .unexpectedAnswer)
        /// TLS refused, or an address or key that cannot be sent. Fatal.
        public static let misconfigured = Code(kind: .misconfigured)
        public static let cancelled = Code(kind: .cancelled)

        /// A bounded word for metrics.
        public var metricLabel: String { "\(kind)" }
    }

    public let code: Code
    /// Safe for logs: Qdrant's own words cut to 200 characters, never a request's body or a key.
    public let message: String
    /// HTTP status, nil when there was no answer.
    public let status: Int?
    /// How long the server asked to wait.
    public let retryAfter: Duration?

    public init(_ code: Code, _ message: String, status: Int? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.retryAfter = retryAfter
    }

    /// Whether the same request may succeed later.
    public var isRetriable: Bool {
        [.unavailable, .rateLimited, .overQuota, .notCompleted, .unexpectedAnswer].contains(code)
    }

    /// Whether no request can succeed until an operator acts.
    public var isFatal: Bool { code == .credentialsRefused || code == .misconfigured }

    /// Whether this body will never be accepted, but a part of it may be.
    public var isRejection: Bool { code == .rejected || code == .tooCostly }

    public var description: String { "Qdrant: \(message)" }
}
