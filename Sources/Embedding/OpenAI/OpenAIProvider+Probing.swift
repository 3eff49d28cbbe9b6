import Shared

extension OpenAIProvider {
    /// Finds the plainest dialect that gives the wanted dimension, and the server's limits where it tells them.
    func probe() async throws(EmbeddingError) -> Found {
        var exchange = OpenAIExchange(options: options, transport: transport)
        var answer: OpenAIAnswer
        do {
            answer = try await ask(exchange)
        } catch {
            guard error.code == .rejected else { throw error }
            exchange.dialect.asksForBase64 = false
            answer = try await ask(exchange)
        }
        if let wanted = options.dimension, wanted != answer.dimension {
            answer = try await ask(&exchange, toGive: wanted, insteadOf: answer)
        }
        exchange.dimension = answer.dimension
        exchange.model = answer.model
        return try await found(exchange, dimension: answer.dimension)
    }

    private func found(_ exchange: OpenAIExchange, dimension: Int) async throws(EmbeddingError) -> Found {
        let limits = try await serverLimits()
        let server = options.server
        let inputs = min(server.maximumInputsPerRequest, limits?.maximumInputs ?? .max)
        // Every text of a request takes one of these places.
        let concurrency = min(server.concurrency, max(1, (limits?.concurrentInputs ?? .max) / inputs))
        let caps = RequestSize(
            inputs: inputs, tokens: server.maximumTokensPerRequest, bytes: options.maximumBytesPerRequest)
        return Found(
            exchange: exchange, dimension: dimension, maximumTokens: server.maximumTokens ?? limits?.maximumTokens,
            caps: caps,
            dispatcher: EmbeddingDispatcher(
                exchange: exchange, caps: caps, concurrency: concurrency, clock: clock, random: random))
    }

    /// Models that can be shortened do so only when asked; the others refuse or ignore the wish.
    private func ask(
        _ exchange: inout OpenAIExchange, toGive wanted: Int, insteadOf answer: OpenAIAnswer
    ) async throws(EmbeddingError) -> OpenAIAnswer {
        exchange.dialect.dimensions = wanted
        var answer = answer
        do {
            answer = try await ask(exchange)
        } catch {
            guard error.code == .rejected else { throw error }
        }
        guard answer.dimension == wanted else {
            throw EmbeddingError(
                .wrongDimension,
                "the model gives \(answer.dimension) numbers per vector, OHRA_EMBEDDING_DIMENSION says \(wanted); change "
                    + "the one or the other")
        }
        return answer
    }

    /// Embeds a text of ours; what is wrong with it is nobody's document's fault.
    private func ask(_ exchange: OpenAIExchange) async throws(EmbeddingError) -> OpenAIAnswer {
        do {
            return try await retrying { () async throws(EmbeddingError) in
                let answer = try await exchange.answer(to: ["ping"])
                for row in answer.rows { _ = try row.get() }
                return answer
            }
        } catch {
            var error = error
            error.culprit = nil
            throw error
        }
    }

    /// What text-embeddings-inference says of itself; nil from any other server.
    private func serverLimits() async throws(EmbeddingError) -> ServerLimits? {
        guard let endpoint = options.infoEndpoint else { return nil }
        var headers = [(name: "Accept", value: "application/json")]
        if let authorization = options.authorization { headers.append(authorization) }
        let request = HTTPRequest(.get, endpoint, headers: headers, deadline: .seconds(10))
        do {
            return try await retrying { () async throws(EmbeddingError) -> ServerLimits? in
                do throws(HTTPError) {
                    let response = try await transport.send(request)
                    return response.isSuccess ? ServerLimits(response.body) : nil
                } catch {
                    throw EmbeddingError(noAnswer: error)
                }
            }
        } catch {
            // Not knowing the limit would cut texts off unseen. Where it is set, a server that hangs on this may be used.
            guard options.server.maximumTokens != nil, error.code == .unreachable else { throw error }
            return nil
        }
    }

    private func retrying<Value>(
        _ operation: () async throws(EmbeddingError) -> Value
    ) async throws(EmbeddingError) -> Value {
        var attempt = 1
        var rested = Duration.zero
        // Not `RetryPolicy.run`: being cancelled while waiting must show as such, because it costs a message no attempt.
        while true {
            let failure: EmbeddingError
            do {
                return try await operation()
            } catch {
                failure = error
            }
            let pause = options.retry.delay(
                afterAttempt: attempt, elapsed: rested, advice: failure.advice, jitter: { $0 * random() })
            guard let pause else { throw failure }
            do { try await clock.sleep(for: pause) } catch { throw .cancelled }
            if failure.retryAfter == nil { rested += pause }
            attempt += 1
        }
    }
}

/// What text-embeddings-inference tells at `/info`.
///
/// **Source**: https://github.com/huggingface/text-embeddings-inference, `router/src/lib.rs`, `Info`.
struct ServerLimits: Equatable {
    let maximumTokens: Int
    let maximumInputs: Int
    /// Texts that it works on at once, of all requests.
    let concurrentInputs: Int?

    /// nil when this is not its kind of answer.
    init?(_ body: [UInt8]) {
        guard let info = try? JSONElement(parsing: body), let tokens = info["max_input_length"]?.int,
            let inputs = info["max_client_batch_size"]?.int, tokens > 0, inputs > 0
        else { return nil }
        maximumTokens = tokens
        maximumInputs = inputs
        concurrentInputs = info["max_concurrent_requests"]?.int.flatMap { $0 > 0 ? $0 : nil }
    }
}
