import Shared

/// One request and its answer, with what is known of the server.
struct OpenAIExchange: Sendable {
    let options: OpenAIOptions
    let transport: any HTTPTransport
    var dialect = OpenAIDialect()
    /// nil before it is known.
    var dimension: Int?
    /// The model that the server named when it was first asked, nil when it named none.
    var model: String?

    /// Sends some texts, prefixes included.
    ///
    /// - Throws: ``EmbeddingError``; its culprit is an index in `texts`.
    func answer(to texts: [String]) async throws(EmbeddingError) -> OpenAIAnswer {
        let response: HTTPResponse
        do {
            response = try await transport.send(options.request(texts, dialect: dialect))
        } catch {
            throw EmbeddingError(noAnswer: error)
        }
        guard response.isSuccess else {
            throw OpenAIFailure(response).error(endpoint: options.endpoint, count: texts.count)
        }
        let answer = try OpenAIResponse(endpoint: options.endpoint, count: texts.count, dimension: dimension)
            .read(response.body)
        if let model, let other = answer.model, other != model {
            throw EmbeddingError(
                .modelChanged,
                "the embedding server \(options.endpoint) used the model '\(other.safeName)', at first it was "
                    + "'\(model.safeName)'; vectors of two models must not be mixed: restart to go over to the new one",
                status: 200)
        }
        return answer
    }
}

extension String {
    /// A name that a server chose, fit for logs and identities.
    var safeName: String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(120).map { (0x20..<0x7F).contains($0.value) ? $0 : "?" }))
    }
}

extension EmbeddingError {
    init(noAnswer error: HTTPError) {
        self.init(
            error.code == .cancelled ? .cancelled : .unreachable, "no answer from the embedding server: \(error)",
            underlying: error)
    }

    /// What to do about a failed request right away. Answers that cannot be are often right the second time.
    var advice: RetryPolicy.Advice {
        isRetriable || isFaultyAnswer ? .retry(after: retryAfter) : .giveUp
    }

    /// Whether the server answered, but not with vectors that may be used.
    var isFaultyAnswer: Bool { status == 200 && [.invalidVector, .invalidResponse, .wrongDimension].contains(code) }

    /// Whether it is the contents of the request that are refused, so that its halves may be taken.
    var isAboutContents: Bool { !isFatal && status.map { [400, 413, 422].contains($0) } ?? false }

    /// Whether the server has too much to do.
    var isOverload: Bool { code == .rateLimited || status == 503 || underlying?.code == .timedOut }
}
