public import Shared

/// Why texts have no vectors.
///
/// `description` is safe for logs: never a text, a key or words of the server, which like to repeat both.
public struct EmbeddingError: Error, CustomStringConvertible, Sendable {
    public struct Code: Sendable, Hashable {
        private enum Kind: String {
            case unreachable
            case rateLimited = "rate_limited"
            case serverFault = "server_fault"
            case quotaExhausted = "quota_exhausted"
            case credentials
            case notFound = "not_found"
            case rejected
            case inputTooLong = "input_too_long"
            case emptyInput = "empty_input"
            case invalidVector = "invalid_vector"
            case invalidResponse = "invalid_response"
            case wrongDimension = "wrong_dimension"
            case modelChanged = "model_changed"
            case modelUnusable = "model_unusable"
            case cancelled
        }
        private let kind: Kind

        /// No answer: the server is down, slow or unknown. Retriable unless TLS or the URL is at fault.
        public static let unreachable = Code(kind: .unreachable)
        /// 429. Retriable.
        public static let rateLimited = Code(kind: .rateLimited)
        /// 408, 409, 424 or 5xx. Retriable.
        public static let serverFault = Code(kind: .serverFault)
        /// The account's money or allowance is used up: waiting does not help, a human does.
        public static let quotaExhausted = Code(kind: .quotaExhausted)
        /// 401 or 403. Fatal.
        public static let credentials = Code(kind: .credentials)
        /// 404: wrong URL, or the server does not have the model. Fatal.
        public static let notFound = Code(kind: .notFound)
        /// Another 3xx or 4xx: this request will never be accepted. Permanent.
        public static let rejected = Code(kind: .rejected)
        /// One text is longer than the model or the server takes. Permanent.
        public static let inputTooLong = Code(kind: .inputTooLong)
        /// One text is empty, which servers refuse. Permanent; found before anything is sent.
        public static let emptyInput = Code(kind: .emptyInput)
        /// A vector of a wrong dimension, with NaN or infinity, or of length zero; still so after retries.
        public static let invalidVector = Code(kind: .invalidVector)
        /// A 2xx answer that is not what the interface promises.
        public static let invalidResponse = Code(kind: .invalidResponse)
        /// The model's dimension is not the configured one. Fatal.
        public static let wrongDimension = Code(kind: .wrongDimension)
        /// The server's answers name another model than when it was first asked. Fatal.
        public static let modelChanged = Code(kind: .modelChanged)
        /// The model's folder is missing, damaged or of an unknown kind. Fatal.
        public static let modelUnusable = Code(kind: .modelUnusable)
        public static let cancelled = Code(kind: .cancelled)

        /// A bounded word for metrics.
        public var metricLabel: String { kind.rawValue }
    }

    public let code: Code
    /// What happened and where, free of texts and keys.
    public let message: String
    /// The HTTP status, nil when there was no answer.
    public let status: Int?
    /// How long the server asked us to wait, nil when it did not say.
    public let retryAfter: Duration?
    /// Index of the text at fault among those given, nil when unknown or not one text's fault.
    public internal(set) var culprit: Int?
    /// The limit that the request went past, nil when unknown or another fault.
    var exceeded: RequestCap?
    /// The transport's error, nil when there was an answer.
    public let underlying: HTTPError?

    public init(
        _ code: Code, _ message: String, status: Int? = nil, retryAfter: Duration? = nil, culprit: Int? = nil,
        underlying: HTTPError? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.retryAfter = retryAfter
        self.culprit = culprit
        self.underlying = underlying
    }

    /// Whether the same texts may succeed later without anybody doing anything.
    public var isRetriable: Bool {
        if let underlying { return underlying.isRetriable }
        return [.unreachable, .rateLimited, .serverFault].contains(code)
    }

    /// Whether no text at all will succeed before somebody changes the settings or the server.
    public var isFatal: Bool {
        if code == .unreachable, let underlying { return !underlying.isRetriable }
        return [.quotaExhausted, .credentials, .notFound, .wrongDimension, .modelChanged, .modelUnusable].contains(code)
    }

    public var description: String { culprit.map { "\(message) (text \($0) of the call)" } ?? message }
}
