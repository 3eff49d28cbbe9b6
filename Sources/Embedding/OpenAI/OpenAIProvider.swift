import Crypto
public import Shared
import Synchronization

/// Asks a server with an OpenAI-compatible `/v1/embeddings`: OpenAI, Azure, text-embeddings-inference, Ollama, vLLM, LiteLLM.
///
/// Texts of concurrent calls share requests (``EmbeddingDispatcher``). Requests that may heal are sent again with growing
/// pauses; one that is refused for its contents is halved until the text at fault stands alone. Vectors are normalised here,
/// because not every server does.
///
/// **Isolation**: any task; concurrent calls share what has been learned about the server.
public final class OpenAIProvider: EmbeddingProvider {
    let options: OpenAIOptions
    let transport: any HTTPTransport
    let clock: any Clock<Duration>
    let random: @Sendable () -> Double
    private let found = Mutex<Found?>(nil)

    /// What ``prepare()`` finds out.
    struct Found: Sendable {
        let exchange: OpenAIExchange
        let dimension: Int
        /// Tokens of one text that the model takes, nil when nobody says.
        let maximumTokens: Int?
        let caps: RequestSize
        let dispatcher: EmbeddingDispatcher
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
    }

    public var descriptor: EmbeddingDescriptor {
        let found = found.withLock { $0 }
        return EmbeddingDescriptor(
            provider: EmbeddingSettings.Provider.openai.rawValue, model: found.map(identity) ?? options.model,
            dimension: found?.dimension ?? 0,
            maximumInputsPerRequest: found?.caps.inputs ?? options.server.maximumInputsPerRequest)
    }

    /// The model's name with everything else that decides a vector or, by the limit of tokens, a chunk: what the server
    /// calls it, if it is something else, and a digest of prefixes and limit, if there are any.
    private func identity(_ found: Found) -> String {
        var name = options.model
        if let echo = found.exchange.model, echo != name { name += " (\(echo.safeName))" }
        let parts = [options.documentPrefix, options.queryPrefix, found.maximumTokens.map { "\($0)" } ?? ""]
        guard parts.contains(where: { !$0.isEmpty }) else { return name }
        return "\(name)@\(ContentHash.hex(parts.joined(separator: "\u{1F}")).prefix(8))"
    }

    public var tokenCounter: (any TokenCounter)? {
        found.withLock { $0?.maximumTokens }.map {
            EstimatedTokenCounter(limit: $0, prefix: options.documentPrefix)
        }
    }

    @discardableResult
    public func prepare() async throws(EmbeddingError) -> EmbeddingDescriptor {
        let found = try await probe()
        self.found.withLock { $0 = found }
        return descriptor
    }

    public func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws(EmbeddingError) -> EmbeddingMatrix {
        var values: [Float] = []
        for vector in try await embedEach(texts, purpose: purpose) { values += try vector.get() }
        return EmbeddingMatrix(dimension: max(1, descriptor.dimension), values: values)
    }

    public func embedEach(
        _ texts: [String], purpose: EmbeddingPurpose
    ) async throws(EmbeddingError) -> [Result<[Float], EmbeddingError>] {
        let dispatcher = try await dispatcher()
        let prefix = options.prefix(for: purpose)
        let kept = texts.indices.filter { !texts[$0].isEmpty }
        let vectors = try await dispatcher.vectors(of: kept.map { prefix + texts[$0] })
        var results: [Result<[Float], EmbeddingError>] = texts.indices.map { index in
            .failure(EmbeddingError(.emptyInput, "a text to be embedded is empty", culprit: index))
        }
        for (index, vector) in zip(kept, vectors) {
            results[index] = vector.mapError { error in
                var error = error
                error.culprit = index
                return error
            }
        }
        return results
    }

    private func dispatcher() async throws(EmbeddingError) -> EmbeddingDispatcher {
        if let found = found.withLock({ $0 }) { return found.dispatcher }
        try await prepare()
        guard let found = found.withLock({ $0 }) else { preconditionFailure("prepare() finds it or throws") }
        return found.dispatcher
    }
}
