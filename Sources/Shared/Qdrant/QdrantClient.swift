/// Speaks the REST interface of Qdrant (https://api.qdrant.tech), as far as the fleet needs it.
///
/// Every write waits until it is applied (`wait=true`); only the status `completed` is success. All calls may be repeated
/// without further effect, so passing faults are tried again a few times here before they are thrown.
/// **Errors**: ``QdrantError`` throughout.
public struct QdrantClient: Sendable {
    /// Up to three attempts within about five seconds; a wait that the server asks for is kept up to 30 s.
    public static let defaultRetries = RetryPolicy(
        maximumAttempts: 3, firstDelay: .milliseconds(400), maximumDelay: .seconds(3), budget: .seconds(5),
        maximumRetryAfter: .seconds(30))

    public let settings: QdrantSettings
    private let transport: any HTTPTransport
    private let retries: RetryPolicy
    private let clock: any Clock<Duration>
    private let headers: [(name: String, value: String)]

    /// - Parameter clock: times the retries.
    public init(
        transport: any HTTPTransport, settings: QdrantSettings, retries: RetryPolicy = defaultRetries,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.transport = transport
        self.settings = settings
        self.retries = retries
        self.clock = clock
        headers = settings.apiKey.map { [("api-key", $0.reveal())] } ?? []
    }

    /// The server's version. A server that is not Qdrant gives ``QdrantError/Code/unexpectedAnswer``.
    public func serverVersion() async throws(QdrantError) -> QdrantVersion {
        try await exchange(HTTPRequest(.get, settings.url.appending("/"), headers: headers)) { answer in
            answer["version"]?.string.flatMap { QdrantVersion($0) }
        }
    }

    // MARK: Requests

    /// How long one exchange may take. Filtered deletes and waiting upserts are slow on a busy server.
    static let deadline = Duration.seconds(60)

    /// Sends a request and reads the `result` of its answer.
    ///
    /// - Parameters:
    ///   - path: below `/collections/{collection}`, or the whole path when `collection` is nil.
    ///   - read: nil means that the answer is not what was expected.
    func call<Value>(
        _ method: HTTPRequest.Method, collection: String?, _ path: String, body: [UInt8]? = nil,
        read: (JSONElement) throws(QdrantError) -> Value?
    ) async throws(QdrantError) -> Value {
        if let collection, !QdrantSettings.isValidName(collection) {
            throw QdrantError(.misconfigured, "a collection name may only hold ASCII letters, digits, '_' and '-'")
        }
        let url = settings.url.appending((collection.map { "/collections/\($0)" } ?? "") + path)
        var request =
            body.map { HTTPRequest.json(method, url, body: $0, headers: headers) }
            ?? HTTPRequest(method, url, headers: headers)
        request.deadline = Self.deadline
        return try await exchange(request) { answer throws(QdrantError) in
            guard let result = answer["result"] else { return nil }
            return try read(result)
        }
    }

    private func exchange<Value>(
        _ request: HTTPRequest, read: (JSONElement) throws(QdrantError) -> Value?
    ) async throws(QdrantError) -> Value {
        try await retries.run(clock: clock, advice: \.advice) { _ throws(QdrantError) in
            try await attempt(request, read: read)
        }
    }

    private func attempt<Value>(
        _ request: HTTPRequest, read: (JSONElement) throws(QdrantError) -> Value?
    ) async throws(QdrantError) -> Value {
        let response: HTTPResponse
        do {
            response = try await transport.send(request)
        } catch {
            throw QdrantError(error)
        }
        if let error = QdrantError(response) { throw error }
        let answer: JSONElement
        do {
            answer = try JSONElement(parsing: response.body)
        } catch {
            throw QdrantError(.unexpectedAnswer, "HTTP \(response.status), but the answer is not JSON: \(error)")
        }
        guard let value = try read(answer) else {
            throw QdrantError(.unexpectedAnswer, "HTTP \(response.status), but the answer lacks what was asked for")
        }
        return value
    }
}
