public import Logging

/// So many documents and vectors went one way, once per batch.
public struct VolumeEvent: Sendable {
    /// What became of them. The raw value is the metric label.
    public enum Outcome: String, Sendable, CaseIterable {
        /// Sent on to the next stage.
        case published
        /// Not sent: already loaded in this version.
        case skipped
        /// Chunked and embedded.
        case embedded
        /// The vector was taken from Qdrant instead of being paid for again.
        case reused
        /// Written to Qdrant.
        case loaded
        /// Found in Qdrant already.
        case unchanged
        /// Older than what Qdrant holds.
        case stale
        /// Taken out of Qdrant.
        case removed
        /// Gone to the dead letters.
        case rejected
    }

    public var stage: WorkStage
    public var outcome: Outcome
    public var documents: Int
    public var vectors: Int

    public init(stage: WorkStage, outcome: Outcome, documents: Int = 0, vectors: Int = 0) {
        self.stage = stage
        self.outcome = outcome
        self.documents = documents
        self.vectors = vectors
    }

    /// Log line (debug) and metrics; nothing when there is nothing to count.
    public func emit(_ logger: Logger) {
        guard documents > 0 || vectors > 0 else { return }
        let labels = [("stage", stage.rawValue), ("outcome", outcome.rawValue)]
        var metadata: Logger.Metadata = [
            LogKey.stage: .string(stage.rawValue), LogKey.outcome: .string(outcome.rawValue),
        ]
        if documents > 0 {
            MetricName.documents.add(documents, labels)
            metadata[LogKey.documentCount] = .stringConvertible(documents)
        }
        if vectors > 0 {
            MetricName.vectors.add(vectors, labels)
            metadata[LogKey.vectorCount] = .stringConvertible(vectors)
        }
        logger.debug("Batch worked on", metadata: metadata)
    }
}
