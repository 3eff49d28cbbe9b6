import Logging
import Shared

/// The Loader's work on one delivery: decode, make sure the collection fits, replace.
struct VectorLoader: MessageHandler {
    let collection: CollectionGuard
    let sparse: SparseFit
    let replacement: Replacement

    func handle(_ delivery: Delivery) async -> Outcome {
        do {
            let envelope = try MessageEnvelope(delivery.properties, expecting: VectorsMessage.type)
            var message = try VectorsMessage(body: delivery.body)
            try await collection.ensure(dimension: message.dimension)
            try await sparse.fit(&message)
            return try await load(message, envelope)
        } catch let error as MessageError {
            return .deadLetter(Fault(error.reason.rawValue, error.detail))
        } catch let error as QdrantError {
            return outcome(of: error)
        } catch {
            return .stop(error)
        }
    }

    func parts(of delivery: Delivery) -> [[UInt8]] {
        guard let message = try? VectorsMessage(body: delivery.body) else { return [delivery.body] }
        return message.documents.map { message.part(of: $0).body }
    }

    /// Loads a message; where Qdrant refuses it, document by document, so that only the culprit is set aside.
    private func load(_ message: VectorsMessage, _ envelope: MessageEnvelope) async throws -> Outcome {
        guard let refusal = try await refusal(of: message, envelope) else { return .done() }
        guard message.documents.count > 1 else { return .deadLetter(refusal) }
        var rejected: [RejectedPart] = []
        for header in message.documents {
            let part = message.part(of: header)
            if let refusal = try await self.refusal(of: part, envelope) {
                rejected.append(RejectedPart(body: part.body, documentID: header.id, fault: refusal))
            }
        }
        return .done(rejected: rejected)
    }

    /// Loads a message; nil when it is loaded, the reason when Qdrant will never take it.
    private func refusal(of message: VectorsMessage, _ envelope: MessageEnvelope) async throws -> Fault? {
        do throws(QdrantError) {
            try await replacement.load(message, run: envelope.run)
            return nil
        } catch {
            guard error.isRejection else { throw error }
            return Fault("qdrant_rejected", error.message)
        }
    }

    private func outcome(of error: QdrantError) -> Outcome {
        if error.code == .cancelled { return .postpone }
        if error.isRejection { return .deadLetter(Fault("qdrant_rejected", error.message)) }
        // A key that was revoked while we ran may be renewed; a collection that is gone is nobody's to make again silently.
        if error.isRetriable || error.code == .credentialsRefused {
            return .unavailable(Fault("qdrant_unavailable", error.message))
        }
        return .stop(error)
    }
}

extension VectorsMessage {
    /// The part of this message that belongs to one of its documents.
    fileprivate func part(of header: DocumentHeader) -> VectorsMessage {
        VectorsMessage(
            fingerprint: fingerprint, model: model, dimension: dimension, documents: [header],
            vectors: vectors.filter { $0.documentID == header.id })
    }
}
