/// Turns texts into vectors of one model.
///
/// Providers are shared by all tasks of a process. Vectors have length 1 (L2), all values finite.
public protocol EmbeddingProvider: Sendable {
    /// What this provider is and takes. Its dimension is 0 until ``prepare()`` has found it out.
    var descriptor: EmbeddingDescriptor { get }

    /// Finds out the dimension and checks that the provider works; call it once before the first ``embed(_:purpose:)``.
    ///
    /// - Returns: the descriptor, now complete.
    /// - Throws: ``EmbeddingError``; a fatal one is a matter of settings and will not heal by itself.
    @discardableResult
    func prepare() async throws(EmbeddingError) -> EmbeddingDescriptor

    /// Counts the model's tokens; nil when its limit is not known, or before ``prepare()``.
    var tokenCounter: (any TokenCounter)? { get }

    /// What an operator should know about a prepared provider's vectors, one sentence; nil for nothing.
    var advice: String? { get }

    /// Which texts a prepared provider's vectors tell apart by meaning.
    var understanding: Understanding { get }

    /// One vector per text, in their order.
    ///
    /// Any number of texts of any length: the provider cuts them into requests itself and retries what may heal.
    /// - Throws: ``EmbeddingError``. All or nothing: where one text is at fault, ``EmbeddingError/culprit`` is its index
    ///   in `texts` and the others may be tried again without it.
    func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws(EmbeddingError) -> EmbeddingMatrix

    /// The vector of each text, or why it alone can have none; in their order.
    ///
    /// - Throws: ``EmbeddingError`` when it is the service that fails, not a text.
    func embedEach(
        _ texts: [String], purpose: EmbeddingPurpose
    ) async throws(EmbeddingError) -> [Result<[Float], EmbeddingError>]
}

extension EmbeddingProvider {
    public var advice: String? { nil }
    /// Models behind a server are taken to understand what they are given.
    public var understanding: Understanding { .everything }
    public var tokenCounter: (any TokenCounter)? { nil }

    /// For providers that refuse texts hardly ever: all at once, and again without each text that is refused.
    public func embedEach(
        _ texts: [String], purpose: EmbeddingPurpose
    ) async throws(EmbeddingError) -> [Result<[Float], EmbeddingError>] {
        var refused: [Int: EmbeddingError] = [:]
        while true {
            let kept = texts.indices.filter { refused[$0] == nil }
            do {
                var rows = try await embed(kept.map { texts[$0] }, purpose: purpose).makeIterator()
                return texts.indices.map { index in
                    refused[index].map { .failure($0) } ?? .success(rows.next().map { Array($0) } ?? [])
                }
            } catch {
                guard error.isRejection, let culprit = error.culprit, kept.indices.contains(culprit) else {
                    throw error
                }
                refused[kept[culprit]] = error
            }
        }
    }
}

/// Which texts a model tells apart by their meaning.
public enum Understanding: Sendable {
    case everything
    /// Its vocabulary does not spell Hangul.
    case allButHangul
    /// It compares spellings.
    case nothing
}

/// What a vector is for; some models want different prefixes.
public enum EmbeddingPurpose: String, Sendable {
    case document
    case query
}
