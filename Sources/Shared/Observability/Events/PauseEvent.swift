public import Logging

/// A service that every message needs does not answer; the worker waits for it and uses no attempt.
public struct PauseEvent: Sendable {
    public var stage: WorkStage
    public var fault: Fault
    /// Until the next try.
    public var pause: Duration

    public init(stage: WorkStage, fault: Fault, pause: Duration) {
        self.stage = stage
        self.fault = fault
        self.pause = pause
    }

    /// Log line (warning) and metric.
    public func emit(_ logger: Logger) {
        MetricName.pauses.count([("stage", stage.rawValue), ("reason", fault.reason)])
        logger.warning(
            "A needed service is unavailable, trying again",
            metadata: [
                LogKey.stage: .string(stage.rawValue), LogKey.errorCode: .string(fault.reason),
                LogKey.errorDetail: .string(fault.detail), LogKey.pause: .stringConvertible(pause.inSeconds),
            ])
    }
}
