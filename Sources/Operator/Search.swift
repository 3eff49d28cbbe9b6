import Embedding
import Logging
import Shared

/// Finds chunks by meaning, by words, or by both.
struct Search {
    let client: QdrantClient
    let provider: any EmbeddingProvider
    let sparse: SparseSettings
    let logger: Logger

    /// - Throws: ``SettingsError`` where the collection's vectors were made otherwise than these settings make them, and where
    ///   there are no sparse vectors to search by words alone.
    func hits(for question: String, by mode: SearchMode, source: String?, limit: Int) async throws -> [SearchHit] {
        guard let query = try await query(question, mode, limit) else { return [] }
        return try await client.query(
            client.settings.collection, query,
            filter: source.map { QdrantFilter(must: [.match("source_type", $0)]) }, limit: limit,
            payload: ["document_id", "title", "url", "chunk_index", "content", "source_type"]
        ).map(SearchHit.init)
    }

    /// nil when there is nothing to look for: words alone, and none that says anything.
    private func query(_ question: String, _ mode: SearchMode, _ limit: Int) async throws -> QdrantQuery? {
        let pipeline = try await Registry(client: client, collection: client.settings.registryCollection).pipeline()
        let words = try await words(of: question, mode, pipeline)
        if mode == .words { return words.map { .sparse(SparseVector.textName, $0) } }
        try requireSameModel(pipeline, try await provider.prepare())
        let vector = Array(try await provider.embed([question], purpose: .query)[0])
        guard let words else { return .dense(vector) }
        let balance = SearchBalance(question, provider.understanding)
        return .fusion(
            [(.dense(vector), balance.meaning), (.sparse(SparseVector.textName, words), balance.words)],
            k: SearchBalance.k, branchLimit: max(50, 2 * limit))
    }

    /// nil when the search goes by meaning alone, or the question has no word that says anything.
    private func words(
        of question: String, _ mode: SearchMode, _ pipeline: PipelineRecord?
    ) async throws -> SparseVector? {
        guard mode == .words || (mode == .both && sparse.isOn) else { return nil }
        if let obstacle = try await obstacle(pipeline) {
            guard mode == .both else { throw SettingsError(["chunks cannot be found by words: \(obstacle)"]) }
            logger.notice("Searching by meaning only", metadata: [LogKey.advice: "\(obstacle)"])
            return nil
        }
        var encoder = SparseEncoder()
        return encoder.query(question)
    }

    /// Why the chunks have no sparse vectors and what to do; nil when they have.
    ///
    /// - Throws: ``SettingsError`` when theirs are made by another method than ours.
    private func obstacle(_ pipeline: PipelineRecord?) async throws -> String? {
        switch pipeline.map({ $0.settings["sparse"] ?? PipelineFingerprint.noSparse }) {
        case nil, SparseEncoder.method: break
        case PipelineFingerprint.noSparse:
            return "the transformers make no sparse vectors; start them with OHRA_SPARSE=true"
        case let method?:
            throw SettingsError([
                "the collection's sparse vectors are made by \(method), this program's by \(SparseEncoder.method); use the "
                    + "transformers' version of ohra"
            ])
        }
        let info = try await client.collectionInfo(client.settings.collection)
        return info.sparseVectorNames.contains(SparseVector.textName) ? nil : SparseVector.isMissing
    }

    /// Scores of vectors of another model would mean nothing.
    private func requireSameModel(_ pipeline: PipelineRecord?, _ embedding: EmbeddingDescriptor) throws(SettingsError) {
        guard let pipeline else { return }
        guard pipeline.model == embedding.model, pipeline.dimension == embedding.dimension else {
            throw SettingsError([
                "OHRA_EMBEDDING_MODEL is \(embedding.model) with \(embedding.dimension) numbers, but the collection is made "
                    + "with \(pipeline.model) and \(pipeline.dimension); use the transformers' embedding settings"
            ])
        }
    }
}
