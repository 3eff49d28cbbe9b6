import Shared

/// A model that is loaded: texts in, vectors out.
final class LocalModel: Sendable {
    let folder: ModelFolder
    let engine: LinearEngine.Choice
    private let lanes: EncoderLanes
    /// Threads that encode.
    var threads: Int { lanes.count }

    /// Tokens in one batch, unless one text alone has more: enough for full speed, few enough for the processor's cache.
    private static let tokensPerBatch = 256

    /// Reads, checks and packs the model: some tenths of a second for MiniLM.
    ///
    /// - Parameter engine: nil to choose it as the options say.
    /// - Throws: ``EmbeddingError`` with code `modelUnusable` or `wrongDimension`.
    init(_ options: LocalOptions, engine: LinearEngine.Choice? = nil) throws(EmbeddingError) {
        folder = try ModelFolder(ModelLocation.folder(of: options.model), prefixes: options.prefixes)
        if let wanted = options.dimension, wanted != folder.configuration.hiddenSize {
            throw EmbeddingError(
                .wrongDimension,
                "the model gives \(folder.configuration.hiddenSize) numbers per vector, OHRA_EMBEDDING_DIMENSION says "
                    + "\(wanted); change the one or the other")
        }
        if let engine {
            self.engine = engine
        } else {
            self.engine = try LinearEngine.choose(options.engine, options.precision)
        }
        let weights = try EncoderWeights(folder.tensors, folder.configuration, self.engine)
        let threads = min(options.threads ?? availableCores(), self.engine.engine.maximumThreads ?? .max)
        lanes = EncoderLanes(weights, pooling: folder.pooling, count: threads)
    }

    /// Name, digest of what decides the vectors, precision.
    var name: String { "\(folder.name)@\(folder.digest):\(engine.precision.label)" }
    var dimension: Int { folder.configuration.hiddenSize }

    /// Whether its vocabulary was made with Korean in it.
    var readsHangul: Bool { KoreanVocabulary.isKnown(to: folder.tokenizer) }

    /// What its vocabulary says about the languages it was made for, and by what it is computed.
    func advice() -> String {
        let languages =
            "\(folder.name) is good for English; its vocabulary has no Korean words, so Korean rests on search by words or a "
            + "multilingual model such as BAAI/bge-m3 or multilingual-e5-small"
        return readsHangul ? engine.notice : "\(languages); \(engine.notice)"
    }

    /// The token ids of a text, cut off at the model's limit.
    func sequence(_ text: String, purpose: EmbeddingPurpose) -> [Int32] {
        let prefix = folder.prefixes[purpose] ?? ""
        return folder.tokenizer.sequence(prefix.isEmpty ? text : prefix + text, limit: folder.longestSequence)
    }

    /// One row per sequence, of length 1.
    func vectors(_ sequences: [[Int32]]) async throws(EmbeddingError) -> EmbeddingMatrix {
        let batches = Self.batches(sequences)
        do {
            let rows = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
                for (index, batch) in batches.enumerated() {
                    group.addTask { (index, try await self.lanes.encode(sequences[batch])) }
                }
                var rows = [[Float]](repeating: [], count: batches.count)
                for try await (index, values) in group { rows[index] = values }
                return rows
            }
            return EmbeddingMatrix(dimension: dimension, values: try rows.flatMap(normalised))
        } catch let error as EmbeddingError {
            throw error
        } catch {
            throw EmbeddingError(.cancelled, "cancelled while embedding")
        }
    }

    private func normalised(_ rows: [Float]) throws(EmbeddingError) -> [Float] {
        var rows = rows
        for start in stride(from: 0, to: rows.count, by: dimension) {
            guard let scale = VectorNorm.scale(rows[start..<start + dimension]) else {
                throw EmbeddingError(.invalidVector, "the model gave a vector with NaN, infinity or length zero")
            }
            for index in start..<start + dimension { rows[index] = Float(Double(rows[index]) * scale) }
        }
        return rows
    }

    /// Whole sequences, in order, up to ``tokensPerBatch``.
    private static func batches(_ sequences: [[Int32]]) -> [Range<Int>] {
        var batches: [Range<Int>] = []
        var start = 0
        var tokens = 0
        for (index, sequence) in sequences.enumerated() {
            if index > start, tokens + sequence.count > tokensPerBatch {
                batches.append(start..<index)
                start = index
                tokens = 0
            }
            tokens += sequence.count
        }
        if start < sequences.count { batches.append(start..<sequences.count) }
        return batches
    }
}
