import Chunking
import Embedding
import Logging
import Shared

/// Turns changed documents into vectors messages: what comes out depends on the documents and the fingerprint only.
struct Pipeline: Sendable {
    let chunker: any Chunker
    let provider: any EmbeddingProvider
    let fingerprint: String
    let stored: StoredWork
    var sparse = SparseSettings()

    struct Result: Sendable {
        var messages: [VectorsMessage]
        /// Documents that no vectors could be made of.
        var rejected: [RejectedPart]
        var volume: TransformVolume
    }

    /// One document with its chunks, before embedding.
    private struct Cut {
        let change: DocumentChange
        let state: StoredWork.State
        /// Of the whole version; more than there are ``chunks`` when the document is passed over.
        let chunkCount: Int
        let chunks: [CutChunk]
    }

    private struct CutChunk {
        let chunk: Chunk
        /// What is embedded.
        let text: String
        let embedHash: String
    }

    /// Vectors by the hash of the text they are of, or why there is none.
    private typealias Vectors = [String: Swift.Result<[Float], EmbeddingError>]

    /// Embeds what is not stored yet of all documents together, so that the provider's requests are full.
    ///
    /// A document that is loaded, or overtaken by a newer version, is passed over: its header goes on alone, so that the
    /// loader still finishes it.
    /// - Throws: ``EmbeddingError`` when it is the service that fails (a document whose text it refuses is rejected alone),
    ///   ``QdrantError``.
    func transform(_ changes: [DocumentChange]) async throws -> Result {
        let states = try await stored.states(of: changes)
        var volume = TransformVolume()
        let cuts = zip(changes, states).map { change, state in cut(change, state, &volume) }
        await FailPoint.reach(.embed)
        var vectors = try await storedVectors(of: cuts)
        volume.reused = vectors.count
        try await embedMissing(of: cuts, &vectors, &volume)
        var rejected: [RejectedPart] = []
        var entries: [VectorBatcher.Entry] = []
        for cut in cuts {
            do throws(EmbeddingError) {
                entries.append(try entry(cut, vectors))
            } catch {
                let part = DocumentsMessage([cut.change]).body
                rejected.append(RejectedPart(body: part, documentID: cut.change.document.id, fault: error.fault))
            }
        }
        volume.rejected = rejected.count
        return Result(messages: batcher.messages(entries), rejected: rejected, volume: volume)
    }

    private func cut(_ change: DocumentChange, _ state: StoredWork.State, _ volume: inout TransformVolume) -> Cut {
        switch state {
        case .loaded(let chunkCount):
            volume.skipped += 1
            return Cut(change: change, state: state, chunkCount: chunkCount, chunks: [])
        case .overtaken:
            volume.stale += 1
            // Cut all the same, because a header must say the truth: the journal keeps it.
            return Cut(change: change, state: state, chunkCount: chunks(of: change).count, chunks: [])
        case .unknown, .older:
            guard !change.isDeleted else { return Cut(change: change, state: state, chunkCount: 0, chunks: []) }
            FailPoint.pass(.chunk, change.document.id)
            volume.documents += 1
            let chunks = chunks(of: change)
            return Cut(change: change, state: state, chunkCount: chunks.count, chunks: chunks)
        }
    }

    private func chunks(of change: DocumentChange) -> [CutChunk] {
        let document = change.document
        let counter = provider.tokenCounter
        let budget = TokenBudget(title: document.title, counter: counter)
        var chunks = Array(chunker.chunks(of: document.content, budget: budget))
        // A document without text gets its title for a text, so that it can be found.
        if chunks.isEmpty { chunks = Array(chunker.chunks(of: document.title, budget: budget)) }
        if chunks.isEmpty { chunks = [Chunk(index: 0, content: document.title)] }
        let embedded = EmbeddedText(title: document.title, counter: counter)
        return chunks.map { chunk in
            let text = embedded.text(of: chunk)
            return CutChunk(chunk: chunk, text: text, embedHash: ContentHash.hex(text))
        }
    }

    private func storedVectors(of cuts: [Cut]) async throws(QdrantError) -> Vectors {
        let older = cuts.filter { $0.state == .older }
        return try await stored.vectors(
            of: older.map(\.change.document.id), embedHashes: older.flatMap { $0.chunks.map(\.embedHash) }
        ).mapValues { .success($0) }
    }

    /// Embeds each text once that has no vector yet, also where several chunks say the same.
    private func embedMissing(
        of cuts: [Cut], _ vectors: inout Vectors, _ volume: inout TransformVolume
    ) async throws(EmbeddingError) {
        var missing: [CutChunk] = []
        var seen = Set(vectors.keys)
        for chunk in cuts.flatMap(\.chunks) where seen.insert(chunk.embedHash).inserted { missing.append(chunk) }
        guard !missing.isEmpty else { return }
        let made = try await provider.embedEach(missing.map(\.text), purpose: .document)
        for (chunk, vector) in zip(missing, made) { vectors[chunk.embedHash] = vector }
        volume.embedded = missing.count
    }

    private var batcher: VectorBatcher {
        VectorBatcher(
            fingerprint: fingerprint, model: provider.descriptor.model, dimension: provider.descriptor.dimension)
    }

    private func entry(_ cut: Cut, _ made: Vectors) throws(EmbeddingError) -> VectorBatcher.Entry {
        let document = cut.change.document
        var vectors: [ChunkVector] = []
        var encoder = SparseEncoder()
        for cutChunk in cut.chunks {
            guard let vector = try made[cutChunk.embedHash]?.get() else {
                preconditionFailure("every text was embedded, stored or refused")
            }
            let chunk = cutChunk.chunk
            vectors.append(
                ChunkVector(
                    id: PointIdentity.chunk(
                        documentID: document.id, version: cut.change.version, fingerprint: fingerprint,
                        index: chunk.index),
                    documentID: document.id, index: chunk.index, content: chunk.content,
                    hash: ContentHash.hex(chunk.content), embedHash: cutChunk.embedHash, vector: vector,
                    sparse: sparse.isOn ? encoder.document(cutChunk.text) : nil))
        }
        return VectorBatcher.Entry(
            header: DocumentHeader(cut.change, chunkCount: cut.chunkCount), vectors: vectors)
    }
}

extension EmbeddingError {
    /// The reason that dead letters carry.
    var fault: Fault {
        Fault([.invalidVector, .invalidResponse].contains(code) ? "embedding_invalid" : "embedding_rejected", message)
    }
}
