import Logging
import Shared

/// The Loader's work on one delivery: decode, make sure the collection fits, replace.
struct VectorLoader: MessageHandler {
    let collection: CollectionGuard
    let sparse: SparseFit
    let batcher: LoadBatcher
    let lateWrites: LateWrites
    let cleanUps: CleanUps

    func handle(_ delivery: Delivery) async -> Outcome {
        do {
            let envelope = try MessageEnvelope(delivery.properties, expecting: VectorsMessage.type)
            var message = try VectorsMessage(body: delivery.body)
            try await collection.ensure(dimension: message.dimension)
            try await sparse.fit(&message)
            let rejected = try await load(LoadItem(message: message, run: envelope.run))
            // An earlier attempt at this message may have died just now, or an answer to this one was lost.
            let isDoubtful = lateWrites.take(message.documents.map(\.id))
            if isDoubtful || delivery.isRedelivered { try await cleanUps.schedule(message, after: delivery) }
            return .done(rejected: rejected)
        } catch let error as MessageError {
            return .deadLetter(Fault(error.reason.rawValue, error.detail))
        } catch let error as QdrantError {
            return outcome(of: error)
        } catch is BrokerError {
            // Loaded, but the clean-up could not be arranged: whoever gets the message next does both.
            return .postpone
        } catch {
            return .stop(error)
        }
    }

    func parts(of delivery: Delivery) -> [[UInt8]] {
        guard let message = try? VectorsMessage(body: delivery.body) else { return [delivery.body] }
        return message.documents.map { message.part(of: $0).body }
    }

    /// Loads a message; where Qdrant refuses it, document by document, so that only the culprit is set aside.
    private func load(_ item: LoadItem) async throws(QdrantError) -> [RejectedPart] {
        guard try await refusal(of: item) != nil else { return [] }
        var rejected: [RejectedPart] = []
        for header in item.message.documents {
            let part = LoadItem(message: item.message.part(of: header), run: item.run)
            if let fault = try await refusalByChunk(of: part) {
                rejected.append(RejectedPart(body: part.message.body, documentID: header.id, fault: fault))
            }
        }
        return rejected
    }

    /// Loads one document; what costs more than the server's rate limit ever allows (429 without `Retry-After`) goes chunk
    /// by chunk.
    private func refusalByChunk(of item: LoadItem) async throws(QdrantError) -> Fault? {
        guard let refusal = try await refusal(of: item) else { return nil }
        guard refusal.code == .tooCostly else { return Fault("qdrant_rejected", refusal.message) }
        for vector in item.message.vectors {
            var single = item.message
            single.vectors = [vector]
            guard let refusal = try await self.refusal(of: LoadItem(message: single, run: item.run)) else { continue }
            guard refusal.code == .tooCostly else { return Fault("qdrant_rejected", refusal.message) }
            // Not one point may be written: it is the limit that is at fault, not the document.
            throw QdrantError(.rateLimited, refusal.message, status: refusal.status)
        }
        guard item.message.vectors.isEmpty else { return nil }
        throw QdrantError(.rateLimited, refusal.message, status: refusal.status)
    }

    /// Loads a message; nil when it is loaded, the reason when Qdrant will never take it as it is.
    private func refusal(of item: LoadItem) async throws(QdrantError) -> QdrantError? {
        do throws(QdrantError) {
            try await batcher.load(item)
            return nil
        } catch {
            guard error.isRejection else { throw error }
            return error
        }
    }

    private func outcome(of error: QdrantError) -> Outcome {
        if error.code == .cancelled { return .postpone }
        // A key that was revoked while we ran may be renewed; a collection that is gone is nobody's to make again silently.
        if error.isRetriable || error.code == .credentialsRefused {
            return .unavailable(Fault("qdrant_unavailable", error.message))
        }
        if error.isRejection { return .deadLetter(Fault("qdrant_rejected", error.message)) }
        return .stop(error)
    }
}
