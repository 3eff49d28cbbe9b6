public import Logging

/// A delivery has been handled and settled.
///
/// Emit it once per delivery, after settling. What became of the delivery is told in more detail by ``RetryEvent`` and
/// ``DeadLetterEvent``, which are emitted beside it.
public struct DeliveryEvent: Sendable {
    /// How it ended. The raw value is the metric label.
    public enum Outcome: String, Sendable, CaseIterable {
        case done
        /// Done, with some members gone to the dead letters.
        case partlyDone = "partly_done"
        case retried
        case deadLettered = "dead_lettered"
        /// Put aside because a service is down; no attempt used.
        case parked
        /// Handed back: our own shutdown, or a stop.
        case requeued
    }

    public var stage: WorkStage
    public var queue: String
    public var outcome: Outcome
    /// From receiving to settling.
    public var duration: Duration
    public var attempt: Int

    public init(stage: WorkStage, queue: String, outcome: Outcome, duration: Duration, attempt: Int = 1) {
        self.stage = stage
        self.queue = queue
        self.outcome = outcome
        self.duration = duration
        self.attempt = attempt
    }

    /// Log line (debug) and metrics.
    public func emit(_ logger: Logger) {
        let stageAndOutcome = [("stage", stage.rawValue), ("outcome", outcome.rawValue)]
        MetricName.deliveries.count(stageAndOutcome + [("queue", queue)])
        MetricName.deliveryDuration.record(duration, stageAndOutcome)
        logger.debug(
            "Delivery settled",
            metadata: [
                LogKey.stage: .string(stage.rawValue), LogKey.queue: .string(queue),
                LogKey.outcome: .string(outcome.rawValue), LogKey.attempt: .stringConvertible(attempt),
                LogKey.duration: .stringConvertible(duration.inSeconds),
            ])
    }
}
