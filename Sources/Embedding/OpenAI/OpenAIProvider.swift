public import Shared
import Synchronization

/// Asks a server with an OpenAI-compatible `/v1/embeddings`: OpenAI, text-embeddings-inference, Ollama, vLLM, LiteLLM.
///
/// Requests of one call go out one after the other. Those that may heal are sent again with growing pauses; a batch that
/// is refused for its contents is halved until the text at fault stands alone. Vectors are normalised here, because not
/// every server does.
///
/// **Isolation**: any task; concurrent calls share what has been learned about the server.
public final class OpenAIProvider: EmbeddingProvider {
    let options: OpenAIOptions
    private let transport: any HTTPTransport
    private let clock: any Clock<Duration>
    private let random: @Sendable () -> Double
    private let learned: Mutex<Learned>

    private struct Learned {
        var dialect = OpenAIDialect()
        /// nil before ``prepare()``.
        var dimension: Int?
        var maximumInputs: Int
    }

    /// - Parameters:
    ///   - clock: for the pauses between attempts.
    ///   - random: numbers from 0 to 1, for their jitter.
    public init(
        _ options: OpenAIOptions, transport: any HTTPTransport, clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.options = options
        self.transport = transport
        self.clock = clock
        self.random = random
        learned = Mutex(Learned(maximumInputs: max(1, options.maximumInputsPerRequest)))
    }

    public var descriptor: EmbeddingDescriptor {
        let learned = learned.withLock { $0 }
        return EmbeddingDescriptor(
            provider: EmbeddingSettings.Provider.openai.rawValue, model: options.model,
            dimension: learned.dimension ?? 0, maximumInputsPerRequest: learned.maximumInputs)
    }

    @discardableResult
    public func prepare() async throws(EmbeddingError) -> EmbeddingDescriptor {
        let (dialect, dimension) = try await probe()
        learned.withLock {
            $0.dialect = dialect
            $0.dimension = dimension
        }
        return descriptor
    }

    public func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws(EmbeddingError) -> EmbeddingMatrix {
        if let empty = texts.firstIndex(where: \.isEmpty) {
            throw EmbeddingError(.emptyInput, "a text to be embedded is empty", culprit: empty)
        }
        if learned.withLock({ $0.dimension == nil }) { try await prepare() }
        let (dialect, dimension, maximumInputs) = learned.withLock { ($0.dialect, $0.dimension ?? 1, $0.maximumInputs) }
        var matrix = EmbeddingMatrix(dimension: dimension)
        let batches = EmbeddingBatches(
            texts, maximumInputs: maximumInputs, maximumBytes: options.maximumBytesPerRequest)
        for batch in batches {
            matrix.append(contentsOf: try await halving(texts[batch], dialect: dialect, dimension: dimension))
        }
        return matrix
    }

    /// Vectors of one batch; halves it as long as the server refuses its contents.
    private func halving(
        _ texts: ArraySlice<String>, dialect: OpenAIDialect, dimension: Int
    ) async throws(EmbeddingError) -> EmbeddingMatrix {
        let failure: EmbeddingError
        do {
            return try await retrying(texts, dialect: dialect, dimension: dimension)
        } catch {
            failure = error
        }
        guard texts.count > 1, let status = failure.status, [400, 413, 422].contains(status), !failure.isFatal else {
            throw failure.shifted(by: texts.startIndex)
        }
        let middle = texts.startIndex + texts.count / 2
        var matrix = try await halving(texts[..<middle], dialect: dialect, dimension: dimension)
        matrix.append(contentsOf: try await halving(texts[middle...], dialect: dialect, dimension: dimension))
        // Both halves were taken, so the number was the fault: do not pay for that refusal again.
        if status != 400 {
            let half = (texts.count + 1) / 2
            learned.withLock { $0.maximumInputs = min($0.maximumInputs, half) }
        }
        return matrix
    }

    /// Sends one request until it succeeds or there is no point in sending it again.
    private func retrying(
        _ texts: ArraySlice<String>, dialect: OpenAIDialect, dimension: Int?
    ) async throws(EmbeddingError) -> EmbeddingMatrix {
        let request = options.request(texts, dialect: dialect)
        var attempt = 1
        var paused = Duration.zero
        // Not `RetryPolicy.run`: being cancelled while waiting must show as such, because it costs a message no attempt.
        while true {
            let failure: EmbeddingError
            do {
                return try await send(request, count: texts.count, dimension: dimension)
            } catch {
                failure = error
            }
            let pause = options.retry.delay(
                afterAttempt: attempt, elapsed: paused, advice: failure.advice, jitter: { $0 * random() })
            guard let pause else { throw failure }
            do { try await clock.sleep(for: pause) } catch {
                throw EmbeddingError(.cancelled, "cancelled while waiting for the embedding server")
            }
            // A wait that the server asked for is not held against the budget.
            if failure.retryAfter == nil { paused += pause }
            attempt += 1
        }
    }

    private func send(
        _ request: HTTPRequest, count: Int, dimension: Int?
    ) async throws(EmbeddingError) -> EmbeddingMatrix {
        let response: HTTPResponse
        do {
            response = try await transport.send(request)
        } catch {
            let code: EmbeddingError.Code = error.code == .cancelled ? .cancelled : .unreachable
            throw EmbeddingError(code, "no answer from the embedding server: \(error)", underlying: error)
        }
        guard response.isSuccess else {
            throw OpenAIFailure(response).error(endpoint: options.endpoint, count: count)
        }
        return try OpenAIResponse(endpoint: options.endpoint, count: count, dimension: dimension).vectors(response.body)
    }
}

// MARK: - Probing

extension OpenAIProvider {
    /// Finds the plainest dialect that gives the wanted dimension.
    private func probe() async throws(EmbeddingError) -> (OpenAIDialect, dimension: Int) {
        var dialect = OpenAIDialect()
        var found: Int
        do {
            found = try await dimension(dialect)
        } catch {
            guard error.code == .rejected else { throw error }
            dialect.asksForBase64 = false
            found = try await dimension(dialect)
        }
        guard let wanted = options.dimension, wanted != found else { return (dialect, found) }
        // Models that can be shortened do so only when asked; the others refuse or ignore the wish.
        dialect.dimensions = wanted
        do {
            found = try await dimension(dialect)
        } catch {
            guard error.code == .rejected else { throw error }
        }
        guard found == wanted else {
            throw EmbeddingError(
                .wrongDimension,
                "the model gives \(found) numbers per vector, OHRA_EMBEDDING_DIMENSION says \(wanted); change the one "
                    + "or the other")
        }
        return (dialect, found)
    }

    private func dimension(_ dialect: OpenAIDialect) async throws(EmbeddingError) -> Int {
        do {
            return try await retrying(["ping"], dialect: dialect, dimension: nil).dimension
        } catch {
            // The text is ours: nobody's document is at fault.
            var error = error
            error.culprit = nil
            throw error
        }
    }
}

extension EmbeddingError {
    /// What to do about a failed request right away. Vectors that cannot be are often right the second time.
    fileprivate var advice: RetryPolicy.Advice {
        isRetriable || code == .invalidVector || code == .invalidResponse ? .retry(after: retryAfter) : .giveUp
    }

    /// The same error with its culprit counted from the start of the whole call.
    fileprivate func shifted(by offset: Int) -> EmbeddingError {
        var error = self
        error.culprit = culprit.map { $0 + offset }
        return error
    }
}
