import Shared

/// Reads what a server says when it refuses.
///
/// Four shapes exist: `{"error":{"message","type","code"}}` (OpenAI, Azure, LiteLLM), `{"message","code","type"}` (TEI,
/// older vLLM), `{"error":"text","error_type"}` (TEI's own, Ollama) and no body at all. The server's words decide the
/// code here and go no further: they repeat texts and keys.
struct OpenAIFailure {
    private let response: HTTPResponse
    private let words: String
    private let labels: [String]

    init(_ response: HTTPResponse) {
        self.response = response
        let root = try? JSONElement(parsing: response.body.prefix(64 << 10))
        let fault = root?["error"]?.isObject == true ? root?["error"] : root
        words = (fault?["message"]?.string ?? fault?["error"]?.string ?? "").lowercased()
        labels = ["code", "type", "error_type"].compactMap { fault?[$0]?.string }
    }

    /// - Parameter count: texts in the request.
    func error(endpoint: String, count: Int) -> EmbeddingError {
        let code = code
        var error = EmbeddingError(
            code, message(code, endpoint), status: response.status,
            retryAfter: retryAfter, culprit: count == 1 && isAboutInput ? 0 : nil)
        if isAboutInput { error.exceeded = exceeded }
        return error
    }

    /// The limit of one request that this one went past, nil when it is something else.
    private var exceeded: RequestCap? {
        if labels.contains("max_tokens_per_request") { return .tokens }
        let phrases = ["batch size", "too many inputs", "array too long", "number of inputs"]
        if phrases.contains(where: words.contains) { return .inputs }
        return response.status == 413 ? .bytes : nil
    }

    /// `retry-after-ms`, as OpenAI and Azure send it, is the more exact one and wins.
    private var retryAfter: Duration? {
        guard let text = response[header: "retry-after-ms"], let milliseconds = UInt32(text) else {
            return response.retryAfter
        }
        return .milliseconds(milliseconds)
    }

    /// Whether fewer texts at once may be accepted: the batch is too large, or one of its texts is at fault.
    var isAboutInput: Bool { [400, 413, 422].contains(response.status) && code != .quotaExhausted }

    private var code: EmbeddingError.Code {
        if labels.contains(where: { $0 == "insufficient_quota" || $0 == "billing_hard_limit_reached" }) {
            return .quotaExhausted
        }
        switch response.status {
        case 401, 403: return .credentials
        case 404: return .notFound
        case 408, 409, 424, 500...: return .serverFault
        case 429: return .rateLimited
        case 413: return .inputTooLong
        case 400 where labels.contains("model_not_found"): return .notFound
        case 400, 422: return isAboutLength ? .inputTooLong : .rejected
        default: return .rejected
        }
    }

    private var isAboutLength: Bool {
        let phrases = ["context length", "too long", "input length", "max_tokens", "must have less than"]
        return labels.contains { $0 == "context_length_exceeded" || $0 == "max_tokens_per_request" }
            || phrases.contains { words.contains($0) }
    }

    private func message(_ code: EmbeddingError.Code, _ endpoint: String) -> String {
        let label = labels.first(where: Self.isSafe).map { ", code \($0)" } ?? ""
        let advice =
            switch code {
            case .credentials: "; check OHRA_EMBEDDING_API_KEY"
            case .notFound: "; check OHRA_EMBEDDING_URL and OHRA_EMBEDDING_MODEL"
            case .quotaExhausted: "; the account's allowance is used up"
            default: ""
            }
        return "the embedding server \(endpoint) answered \(response.status)\(label)\(advice)"
    }

    /// Only what looks like an identifier may be repeated.
    private static func isSafe(_ label: String) -> Bool {
        (1...48).contains(label.utf8.count)
            && label.utf8.allSatisfy { (97...122).contains($0) || (65...90).contains($0) || $0 == 95 }
    }
}
