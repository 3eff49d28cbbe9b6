extension QdrantError {
    /// The fault that an answer means; nil for a success.
    init?(_ response: HTTPResponse) {
        if response.isSuccess { return nil }
        let retryAfter = response.retryAfter
        let code = Self.code(of: response.status, hasRetryAfter: retryAfter != nil)
        let text = Self.text(of: response).map { ": \($0)" } ?? ""
        self.init(code, "HTTP \(response.status)\(text)", status: response.status, retryAfter: retryAfter)
    }

    /// The fault of a request that got no complete answer.
    init(_ error: HTTPError) {
        let code: Code =
            switch error.code {
            case .cancelled: .cancelled
            case .tls, .invalidRequest: .misconfigured
            case .responseTooLarge: .rejected
            default: .unavailable
            }
        self.init(code, error.description)
    }

    private static func code(of status: Int, hasRetryAfter: Bool) -> Code {
        switch status {
        case 401, 403: .credentialsRefused
        case 404: .collectionMissing
        case 409: .alreadyExists
        case 408, 425: .unavailable
        case 429: hasRetryAfter ? .rateLimited : .tooCostly
        case 507: .overQuota
        case 500...: .unavailable
        case 400...: .rejected
        default: .unexpectedAnswer
        }
    }

    /// Qdrant's `status.error`. Nothing else of the body: it may hold document text or be another server's page.
    private static func text(of response: HTTPResponse) -> String? {
        guard response.body.count <= 1 << 20, let answer = try? JSONElement(parsing: response.body, maximumDepth: 16)
        else { return nil }
        return answer["status"]?["error"]?.string?.logSafe(limit: 200)
    }

    /// What retries within seconds do with this fault.
    public var advice: RetryPolicy.Advice {
        switch code {
        // Over quota lasts; the caller pauses.
        case .overQuota: .giveUp
        default: isRetriable ? .retry(after: retryAfter) : .giveUp
        }
    }
}
