public import Logging

/// A batch was handed to the broker: confirmed, or not.
public struct PublishEvent: Sendable {
    /// What the body holds. The raw value is the metric label.
    public enum Kind: String, Sendable, CaseIterable {
        case documents, vectors
    }

    /// The program that publishes.
    public var stage: WorkStage
    public var kind: Kind
    /// Members of the batch: documents or vectors.
    public var count: Int
    public var bytes: Int
    /// From handing over to the broker's answer.
    public var duration: Duration
    /// nil when confirmed.
    public var error: BrokerError?

    public init(
        stage: WorkStage, kind: Kind, count: Int, bytes: Int, duration: Duration, error: BrokerError? = nil
    ) {
        self.stage = stage
        self.kind = kind
        self.count = count
        self.bytes = bytes
        self.duration = duration
        self.error = error
    }

    /// Log line (debug, or warning on failure) and metrics.
    public func emit(_ logger: Logger) {
        let labels = [("stage", stage.rawValue), ("kind", kind.rawValue)]
        MetricName.publishings.count(labels + [("outcome", error?.code.metricLabel ?? "confirmed")])
        var metadata: Logger.Metadata = [
            LogKey.routingKey: .string(kind.rawValue), LogKey.bytes: .stringConvertible(bytes),
            kind == .documents ? LogKey.documentCount : LogKey.vectorCount: .stringConvertible(count),
            LogKey.duration: .stringConvertible(duration.inSeconds),
        ]
        guard let error else {
            MetricName.publishedBytes.add(bytes, labels)
            MetricName.publishDuration.record(duration, labels)
            return logger.debug("Batch published", metadata: metadata)
        }
        metadata[LogKey.errorCode] = .string(error.code.metricLabel)
        metadata[LogKey.errorDetail] = .string(error.description)
        logger.warning("Batch not published", metadata: metadata)
    }
}
