import Logging
import Shared

/// Publishes the changes of one source in full batches, a few messages at a time, and waits for every confirm.
struct DocumentEmitter: Sendable {
    let topology: Topology
    let publisher: any BrokerPublisher
    let envelope: MessageEnvelope
    let logger: Logger

    /// Publishings under way at once; the publisher's own window limits what is unconfirmed.
    private static let concurrentPublishings = 16

    /// Publishes every change that `changes` hands to `emit` and returns once all are safe in the work queue.
    ///
    /// - Parameter confirmed: told how many documents each confirmed message held.
    func run(
        confirmed: @escaping @Sendable (Int) -> Void,
        changes: (_ emit: (DocumentChange) async throws -> Void) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var batcher = DocumentBatcher()
            var underWay = 0
            var hasPublished = false
            func publish(_ batch: DocumentBatcher.Batch) async throws {
                hasPublished = true
                if underWay == Self.concurrentPublishings {
                    try await group.next()
                    underWay -= 1
                }
                let publishing = envelope.publishing(
                    exchange: topology.exchange, routingKey: topology.workKey(.documents), body: batch.body)
                group.addTask {
                    await FailPoint.reach(.publish)
                    try await publishWhenThereIsRoom(publishing)
                    confirmed(batch.documentCount)
                    await FailPoint.reach(.confirm)
                }
                underWay += 1
            }
            try await changes { change in
                let encoded = change.encoded
                guard encoded.count <= MessageLimits.bytesPerDocument else {
                    return try await bury(change, size: encoded.count)
                }
                if let full = batcher.add(encoded) { try await publish(full) }
            }
            if let rest = batcher.flush() { try await publish(rest) }
            try await group.waitForAll()
            if hasPublished { try await publisher.verify(queue: topology.workQueue(.documents)) }
        }
    }

    /// A full queue is no fault: the transformers are behind, and the run waits for them. A broker that does not answer is.
    private func publishWhenThereIsRoom(_ publishing: Publishing) async throws {
        while true {
            do throws(BrokerError) {
                return try await publisher.publish(publishing)
            } catch {
                guard error.code == .refused else { throw error }
            }
        }
    }

    /// Sends a document that no message can carry to the dead letters, without its content.
    private func bury(_ change: DocumentChange, size: Int) async throws {
        let fault = Fault("document_too_large", "\(size) bytes; a message carries \(MessageLimits.bytesPerDocument)")
        logger.error(
            "Moved to the dead letters",
            metadata: [
                "document.id": "\(change.document.id)", "error.code": "\(fault.reason)",
                "error.detail": "\(fault.detail)",
            ])
        var empty = change
        empty.document.content = ""
        let body = DocumentsMessage([empty]).body
        let properties = envelope.publishing(exchange: "", routingKey: "", body: []).properties
        let letter = DeadLetter(stage: .documents, fault: fault, documentID: change.document.id)
        try await publisher.publish(letter.publishing(of: body, properties: properties, topology: topology))
    }
}
