public import Logging

/// A delivery goes to a retry queue.
public struct RetryEvent: Sendable {
    public var stage: WorkStage
    public var fault: Fault
    /// The attempt that has failed.
    public var attempt: Int
    public var delay: Topology.RetryDelay

    public init(stage: WorkStage, fault: Fault, attempt: Int, delay: Topology.RetryDelay) {
        self.stage = stage
        self.fault = fault
        self.attempt = attempt
        self.delay = delay
    }

    /// Log line (info) and metric.
    public func emit(_ logger: Logger) {
        MetricName.retries.count([
            ("stage", stage.rawValue), ("delay", delay.rawValue), ("reason", fault.reason),
        ])
        logger.info(
            "Delivery will be tried again",
            metadata: [
                LogKey.stage: .string(stage.rawValue), LogKey.attempt: .stringConvertible(attempt),
                LogKey.delay: .string(delay.rawValue), LogKey.errorCode: .string(fault.reason),
                LogKey.errorDetail: .string(fault.detail),
            ])
    }
}
