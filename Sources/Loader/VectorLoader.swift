import Logging
import Shared

/// The Loader's work on one delivery: decode, make sure the collection fits, replace.
struct VectorLoader: MessageHandler {
    let collection: CollectionGuard
    let replacement: Replacement

    func handle(_ delivery: Delivery) async -> Outcome {
        do {
            let envelope = try MessageEnvelope(delivery.properties, expecting: VectorsMessage.type)
            let message = try VectorsMessage(body: delivery.body)
            try await collection.ensure(dimension: message.dimension)
            return try await load(message, envelope)
        } catch let error as MessageError {
            return .deadLetter(Fault(error.reason.rawValue, error.detail))
        } catch let error as QdrantError {
            return outcome(of: error)
        } catch {
            return .stop(error)
        }
    }

    /// Loads a message; where Qdrant refuses it, document by document, so that only the culprit is set aside.
    private func load(_ message: VectorsMessage, _ envelope: MessageEnvelope) async throws -> Outcome {
        do {
            try await replacement.load(message, run: envelope.run)
            return .done()
        } catch where error.isRejection {
            guard message.documents.count > 1 else { return .deadLetter(Fault("qdrant_rejected", error.message)) }
        }
        var rejected: [RejectedPart] = []
        for part in message.documents.map({ message.part(of: $0) }) {
            do {
                try await replacement.load(part, run: envelope.run)
            } catch where error.isRejection {
                rejected.append(
                    RejectedPart(
                        body: part.body, documentID: part.documents[0].id,
                        fault: Fault("qdrant_rejected", error.message)))
            }
        }
        return .done(rejected: rejected)
    }

    private func outcome(of error: QdrantError) -> Outcome {
        if error.code == .cancelled { return .postpone }
        if error.isRetriable { return .unavailable(Fault("qdrant_unavailable", error.message)) }
        if error.isRejection { return .deadLetter(Fault("qdrant_rejected", error.message)) }
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
