import Embedding
import Synchronization

/// Gives every text a vector of its own and remembers what it was asked; refuses texts that hold a word, or fails.
final class StubProvider: EmbeddingProvider {
    private let refusedWord: String?
    private let failure: EmbeddingError?
    private let asked = Mutex<[[String]]>([])

    init(refusing word: String? = nil, failing failure: EmbeddingError? = nil) {
        refusedWord = word
        self.failure = failure
    }

    /// The texts of each call.
    var calls: [[String]] { asked.withLock { $0 } }

    let descriptor = EmbeddingDescriptor(provider: "stub", model: "stub", dimension: 2, maximumInputsPerRequest: 8)

    func prepare() async throws(EmbeddingError) -> EmbeddingDescriptor { descriptor }

    static func vector(of text: String) -> [Float] { [1, Float(text.utf8.count)] }

    func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws(EmbeddingError) -> EmbeddingMatrix {
        asked.withLock { $0.append(texts) }
        if let failure { throw failure }
        if let refusedWord, let culprit = texts.firstIndex(where: { $0.contains(refusedWord) }) {
            throw EmbeddingError(.rejected, "refused", culprit: culprit)
        }
        return EmbeddingMatrix(dimension: 2, values: texts.flatMap(Self.vector))
    }
}
