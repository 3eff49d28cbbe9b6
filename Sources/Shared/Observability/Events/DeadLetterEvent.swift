public import Logging

/// A message, or one document of it, goes to the dead letters.
public struct DeadLetterEvent: Sendable {
    public var stage: WorkStage
    public var fault: Fault
    /// The document that is to blame, where one is known.
    public var documentID: String?

    public init(stage: WorkStage, fault: Fault, documentID: String?) {
        self.stage = stage
        self.fault = fault
        self.documentID = documentID
    }

    /// Log line (error) and metric.
    public func emit(_ logger: Logger) {
        MetricName.deadLetters.count([("stage", stage.rawValue), ("reason", fault.reason)])
        var metadata: Logger.Metadata = [
            LogKey.stage: .string(stage.rawValue), LogKey.errorCode: .string(fault.reason),
            LogKey.errorDetail: .string(fault.detail),
        ]
        if let documentID { metadata[LogKey.document] = .string(documentID) }
        logger.error("Moved to the dead letters", metadata: metadata)
    }
}
