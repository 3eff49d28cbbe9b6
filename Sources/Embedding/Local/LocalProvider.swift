import Shared
import Synchronization

/// Runs a model of the BERT family inside the program, on the processor.
///
/// The model is read at ``prepare()`` (or the first ``embed(_:purpose:)``) and kept. Texts past the model's length are cut
/// off there, as every other program does that runs it; callers that must lose nothing ask ``tokenLimit`` before.
///
/// **Isolation**: any task; the work itself runs on threads of its own, one per core.
public final class LocalProvider: EmbeddingProvider {
    private let options: LocalOptions
    private let loaded = Mutex<LocalModel?>(nil)

    public init(_ options: LocalOptions) { self.options = options }

    public var descriptor: EmbeddingDescriptor {
        let model = loaded.withLock { $0 }
        return EmbeddingDescriptor(
            provider: EmbeddingSettings.Provider.local.rawValue, model: model?.name ?? options.model,
            dimension: model?.dimension ?? 0, maximumInputsPerRequest: 256)
    }

    @discardableResult
    public func prepare() async throws(EmbeddingError) -> EmbeddingDescriptor {
        _ = try model()
        return descriptor
    }

    public var advice: String? { loaded.withLock { $0 }?.advice() }
    public var understanding: Understanding {
        loaded.withLock { $0 }?.readsHangul ?? true ? .everything : .allButHangul
    }

    public var tokenCounter: (any TokenCounter)? {
        loaded.withLock { $0 }.map { LocalTokenCounter($0.folder) }
    }

    public func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws(EmbeddingError) -> EmbeddingMatrix {
        let model = try model()
        var sequences: [[Int32]] = []
        sequences.reserveCapacity(texts.count)
        for text in texts {
            guard !Task.isCancelled else { throw EmbeddingError(.cancelled, "cancelled while embedding") }
            sequences.append(model.sequence(text, purpose: purpose))
        }
        return try await model.vectors(sequences)
    }

    /// The model, read once.
    func model() throws(EmbeddingError) -> LocalModel {
        let result: Result<LocalModel, EmbeddingError> = loaded.withLock { loaded in
            if let loaded { return .success(loaded) }
            do throws(EmbeddingError) {
                let model = try LocalModel(options)
                loaded = model
                return .success(model)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
