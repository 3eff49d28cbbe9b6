import Shared

/// Sends JSON requests to one Atlassian site, with retries, and turns refusals into ``SourceError``s that say what to do.
///
/// The token goes to the configured scheme, host, port and path only: paths are this program's own, and of links in answers
/// nothing but a cursor is ever used.
/// **Retries**: at most five attempts; 429 and 503 wait as long as `Retry-After` says, up to ``longestWait``; 408, 425, 5xx
/// and broken connections wait with full jitter. Refusals are never retried: too many wrong logins lock an account. A page
/// that may be too heavy is tried twice only, and once when there is no answer at all, as a smaller one helps more
/// (``PageSize``).
struct AtlassianClient: Sendable {
    /// Requests of one source in flight at the same time.
    static let concurrency = 4
    /// A site that asks for a longer pause ends the scope; the next run goes on from there.
    static let longestWait = Duration.seconds(900)
    /// Largest answer: fifty pages with bodies.
    private static let maximumAnswerBytes = 128 << 20

    let settings: AtlassianSettings
    private let transport: any HTTPTransport
    private let clock: any Clock<Duration>
    private let policy: RetryPolicy
    /// Base and context path, without a slash at the end.
    let base: String

    /// - Parameters:
    ///   - contextPath: replaces the path of the configured URL.
    ///   - clock: waits between attempts; a test's own needs no real time.
    init(
        settings: AtlassianSettings, contextPath: String? = nil, transport: any HTTPTransport,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.settings = settings
        self.transport = transport
        self.clock = clock
        base = settings.url.origin + (contextPath ?? settings.url.path)
        policy = RetryPolicy(
            maximumAttempts: 5, firstDelay: .seconds(1), maximumDelay: .seconds(30), budget: .seconds(600),
            maximumRetryAfter: Self.longestWait)
    }

    /// - Parameters:
    ///   - path: below the base, starting with a slash, percent-encoded.
    ///   - encoded: one more pair for the query, encoded already.
    func get(
        _ path: String, _ query: [(String, String)] = [], encoded: String? = nil
    ) async throws(SourceError) -> JSONElement {
        do { return try await send(request(.get, path, query, encoded)) } catch { throw error.error }
    }

    /// The same for a page of a listing, of which less can be asked for when it is too heavy.
    ///
    /// - Parameter size: how many items it asks for.
    func getPage(
        _ path: String, _ query: [(String, String)], encoded: String? = nil, size: Int
    ) async throws(SourceError) -> JSONElement {
        do { return try await send(request(.get, path, query, encoded), size: size) } catch { throw error.error }
    }

    /// The same; nil when there is nothing at the path, or nothing that the account may see.
    func getIfFound(
        _ path: String, _ query: [(String, String)] = [], size: Int = 1
    ) async throws(SourceError) -> JSONElement? {
        do {
            return try await send(request(.get, path, query, nil), size: size)
        } catch {
            if error.isNotFound { return nil }
            throw error.error
        }
    }

    /// - Parameter size: how many items the body asks for, where it is a page.
    func post(_ path: String, _ body: [UInt8], size: Int = 1) async throws(SourceError) -> JSONElement {
        var request = request(.post, path, [], nil)
        request.headers.append(("Content-Type", "application/json"))
        request.body = body
        do { return try await send(request, size: size) } catch { throw error.error }
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: String, _ query: [(String, String)], _ encoded: String?
    ) -> HTTPRequest {
        let pairs = query.map { "\($0.0.percentEncoded)=\($0.1.percentEncoded)" } + (encoded.map { [$0] } ?? [])
        return HTTPRequest(
            method, base + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")),
            headers: [
                ("Accept", "application/json"), ("Authorization", settings.authorization.reveal()),
                ("User-Agent", UserAgent.value),
            ],
            deadline: .seconds(120), maximumResponseBytes: Self.maximumAnswerBytes)
    }

    private func send(_ request: HTTPRequest, size: Int = 1) async throws(AttemptFailure) -> JSONElement {
        try await policy.run(clock: clock, advice: \AttemptFailure.advice) { attempt throws(AttemptFailure) in
            do throws(AttemptFailure) {
                return try await exchange(request)
            } catch {
                var failure = error
                let limit = failure.error.isSilent ? 1 : 2
                if size > 1, attempt >= limit, failure.error.mayBeTooHeavy { failure.advice = .giveUp }
                throw failure
            }
        }
    }

    private func exchange(_ request: HTTPRequest) async throws(AttemptFailure) -> JSONElement {
        let answer: HTTPResponse
        do throws(HTTPError) {
            answer = try await transport.send(request)
        } catch {
            throw AttemptFailure(settings, error)
        }
        return try AtlassianAnswer(settings, answer).json()
    }
}

/// One attempt that failed: what to tell, and whether to try again.
struct AttemptFailure: Error {
    var error: SourceError
    var advice = RetryPolicy.Advice.giveUp
    /// Answered with 404.
    var isNotFound = false

    init(error: SourceError, advice: RetryPolicy.Advice = .giveUp) {
        self.error = error
        self.advice = advice
    }

    init(_ settings: AtlassianSettings, _ error: HTTPError) {
        self.init(
            error: SourceError(.unavailable, "\(settings.productName): \(error)"),
            advice: error.isRetriable ? .retry() : .giveUp)
        self.error.mayBeTooHeavy = [.timedOut, .interrupted, .responseTooLarge].contains(error.code)
        self.error.isSilent = error.code == .timedOut
    }
}
