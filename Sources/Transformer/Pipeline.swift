import Embedding
import Logging
import Shared

/// Turns changed documents into vectors messages: what comes out depends on the documents and the fingerprint only.
struct Pipeline: Sendable {
    let chunker: any Chunker
    let provider: any EmbeddingProvider
    let fingerprint: String
    var sparse = SparseSettings()

    struct Result: Sendable {
        var messages: [VectorsMessage]
        /// Documents that no vectors could be made of.
        var rejected: [RejectedPart]
    }

    /// One document with its chunks, before embedding.
    private struct Cut {
        let change: DocumentChange
        let chunks: [Chunk]
        /// What is embedded, one text per chunk.
        let texts: [String]
    }

    /// Embeds all chunks of all documents together, so that the provider's requests are full.
    ///
    /// - Throws: ``EmbeddingError`` when it is the service that fails. A document whose text the service refuses is
    ///   rejected alone.
    func transform(_ changes: [DocumentChange]) async throws(EmbeddingError) -> Result {
        let cuts = changes.map { change in
            FailPoint.pass(.chunk, change.document.id)
            return cut(change)
        }
        await FailPoint.reach(.embed)
        do throws(EmbeddingError) {
            let vectors = try await provider.embed(cuts.flatMap(\.texts), purpose: .document)
            return Result(messages: messages(cuts, vectors), rejected: [])
        } catch {
            guard error.isRejection else { throw error }
            return try await transformOneByOne(cuts)
        }
    }

    private func transformOneByOne(_ cuts: [Cut]) async throws(EmbeddingError) -> Result {
        var rejected: [RejectedPart] = []
        var entries: [VectorBatcher.Entry] = []
        for cut in cuts {
            do throws(EmbeddingError) {
                entries.append(entry(cut, try await provider.embed(cut.texts, purpose: .document), from: 0))
            } catch {
                guard error.isRejection else { throw error }
                rejected.append(
                    RejectedPart(
                        body: DocumentsMessage([cut.change]).body, documentID: cut.change.document.id,
                        fault: error.fault))
            }
        }
        return Result(messages: batcher.messages(entries), rejected: rejected)
    }

    private func cut(_ change: DocumentChange) -> Cut {
        guard !change.isDeleted else { return Cut(change: change, chunks: [], texts: []) }
        let document = change.document
        let counter = provider.tokenCounter
        let budget = TokenBudget(title: document.title, counter: counter)
        var chunks = Array(chunker.chunks(of: document.content, budget: budget))
        // A document without text gets its title for a text, so that it can be found.
        if chunks.isEmpty { chunks = Array(chunker.chunks(of: document.title, budget: budget)) }
        if chunks.isEmpty { chunks = [Chunk(index: 0, content: document.title)] }
        let embedded = EmbeddedText(title: document.title, counter: counter)
        return Cut(change: change, chunks: chunks, texts: chunks.map(embedded.text))
    }

    private func messages(_ cuts: [Cut], _ vectors: EmbeddingMatrix) -> [VectorsMessage] {
        var row = 0
        return batcher.messages(
            cuts.map { cut in
                defer { row += cut.chunks.count }
                return entry(cut, vectors, from: row)
            })
    }

    private var batcher: VectorBatcher {
        VectorBatcher(
            fingerprint: fingerprint, model: provider.descriptor.model, dimension: provider.descriptor.dimension)
    }

    private func entry(_ cut: Cut, _ vectors: EmbeddingMatrix, from row: Int) -> VectorBatcher.Entry {
        let document = cut.change.document
        var encoder = SparseEncoder()
        return VectorBatcher.Entry(
            header: DocumentHeader(cut.change, chunkCount: cut.chunks.count),
            vectors: cut.chunks.enumerated().map { offset, chunk in
                ChunkVector(
                    id: PointIdentity.chunk(
                        documentID: document.id, version: cut.change.version, fingerprint: fingerprint,
                        index: chunk.index),
                    documentID: document.id, index: chunk.index, content: chunk.content,
                    hash: ContentHash.hex(chunk.content), embedHash: ContentHash.hex(cut.texts[offset]),
                    vector: Array(vectors[row + offset]),
                    sparse: sparse.isOn ? encoder.document(cut.texts[offset]) : nil)
            })
    }
}

extension EmbeddingError {
    /// The reason that dead letters carry.
    var fault: Fault {
        Fault([.invalidVector, .invalidResponse].contains(code) ? "embedding_invalid" : "embedding_rejected", message)
    }
}
