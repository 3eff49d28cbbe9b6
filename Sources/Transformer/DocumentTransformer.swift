import Embedding
import Logging
import Shared

/// The Transformer's work on one delivery: cut, embed, publish the vectors, wait for every confirm.
struct DocumentTransformer: MessageHandler {
    let pipeline: Pipeline
    let topology: Topology
    let publisher: any BrokerPublisher
    let logger: Logger

    func handle(_ delivery: Delivery) async -> Outcome {
        do {
            let envelope = try MessageEnvelope(delivery.properties, expecting: DocumentsMessage.type)
            let message = try DocumentsMessage(body: delivery.body)
            let result = try await pipeline.transform(message.changes)
            try await publish(result.messages, for: envelope)
            result.volume.emit(logger)
            return .done(rejected: result.rejected)
        } catch let error as MessageError {
            return .deadLetter(Fault(error.reason.rawValue, error.detail))
        } catch let error as EmbeddingError {
            return outcome(of: error)
        } catch let error as QdrantError {
            // Going on without it would pay twice for what is stored, and the loader needs Qdrant just as well.
            return error.code == .cancelled ? .postpone : .unavailable(Fault("qdrant_unavailable", error.message))
        } catch let error as BrokerError {
            return error.code == .cancelled ? .postpone : .unavailable(Fault("broker", error.message))
        } catch {
            return .stop(error)
        }
    }

    func parts(of delivery: Delivery) -> [[UInt8]] {
        guard let message = try? DocumentsMessage(body: delivery.body) else { return [delivery.body] }
        return message.changes.map { DocumentsMessage([$0]).body }
    }

    private func publish(_ messages: [VectorsMessage], for documents: MessageEnvelope) async throws {
        // Attempts are counted per stage: what we publish is new work.
        let envelope = MessageEnvelope(
            type: VectorsMessage.type, run: documents.run, source: documents.source,
            traceparent: documents.traceparent)
        // Before and after: a queue that was gone may be made again between a publishing that only the journal got and the look.
        let queue = topology.workQueue(.vectors)
        try await publisher.verify(queue: queue)
        try await publisher.publish(
            all: messages.lazy.map { message in
                envelope.publishing(
                    exchange: topology.exchange, routingKey: topology.workKey(.vectors), body: message.body)
            })
        try await publisher.verify(queue: queue)
    }

    private func outcome(of error: EmbeddingError) -> Outcome {
        if error.code == .cancelled { return .postpone }
        if error.isRejection { return .deadLetter(error.fault) }
        // Vectors of another model than announced must not go on; everything else may heal: credentials are renewed, quotas
        // are raised, servers come back.
        if error.code == .wrongDimension || error.code == .modelChanged { return .stop(error) }
        return .unavailable(Fault("embedding_unavailable", error.message))
    }
}
