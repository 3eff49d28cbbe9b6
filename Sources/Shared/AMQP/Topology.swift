/// The broker's exchange, queues and bindings: the only place that knows them (DESIGN §5).
///
/// One direct exchange; per stage a work queue, three retry queues that hand back by time-to-live, and a dead-letter
/// queue; a stream that keeps a copy of every publishing for replay.
public struct Topology: Sendable, Equatable {
    /// A stage of the fleet, named by what it is fed with. The raw value is the routing key of its work queue.
    public enum Stage: String, Sendable, CaseIterable {
        case documents
        case vectors
    }

    /// How long a retry queue keeps a message before it goes back to work.
    public enum RetryDelay: String, Sendable, CaseIterable {
        case thirtySeconds = "30s"
        case fiveMinutes = "5m"
        case oneHour = "1h"

        public var milliseconds: Int {
            switch self {
            case .thirtySeconds: 30_000
            case .fiveMinutes: 300_000
            case .oneHour: 3_600_000
            }
        }
    }

    /// First word of every exchange and queue.
    public let prefix: String

    public init(prefix: String) { self.prefix = prefix }

    public var exchange: String { prefix }
    public var journal: String { "\(prefix).journal" }

    public func workQueue(_ stage: Stage) -> String { "\(prefix).\(workKey(stage))" }
    public func retryQueue(_ stage: Stage, _ delay: RetryDelay) -> String { "\(prefix).\(retryKey(stage, delay))" }
    public func deadQueue(_ stage: Stage) -> String { "\(prefix).\(deadKey(stage))" }

    public func workKey(_ stage: Stage) -> String { stage.rawValue }
    public func retryKey(_ stage: Stage, _ delay: RetryDelay) -> String { "\(stage.rawValue).retry.\(delay.rawValue)" }
    public func deadKey(_ stage: Stage) -> String { "\(stage.rawValue).dead" }

    /// A queue with the routing keys bound to it and the settings it needs.
    public struct Queue: Sendable, Equatable {
        public let name: String
        public let routingKeys: [String]
        /// Declared as arguments where no policy can be set; `x-queue-type` is an argument always.
        public let arguments: [String: HeaderValue]
    }

    /// Every queue, in the order to declare them: a dead-letter target before its source.
    public var queues: [Queue] {
        Stage.allCases.flatMap { [deadLetters($0)] + retries($0) + [work($0)] } + [journalStream]
    }

    // Lossless dead-lettering needs a quorum queue, the at-least-once strategy and rejecting overflow together; with one
    // missing the broker silently falls back to losing (https://www.rabbitmq.com/docs/quorum-queues#dead-lettering).
    private func work(_ stage: Stage) -> Queue {
        queue(
            workQueue(stage), keys: [workKey(stage)],
            [
                // A crash loop ends here; our own attempts are counted in x-attempt and end earlier.
                "x-delivery-limit": .int(20),
                "x-dead-letter-exchange": .string(exchange),
                "x-dead-letter-routing-key": .string(deadKey(stage)),
                "x-dead-letter-strategy": .string("at-least-once"),
                "x-overflow": .string("reject-publish"),
                "x-max-length-bytes": .int(4 << 30),
            ])
    }

    private func retries(_ stage: Stage) -> [Queue] {
        RetryDelay.allCases.map { delay in
            queue(
                retryQueue(stage, delay), keys: [retryKey(stage, delay)],
                [
                    "x-message-ttl": .int(Int64(delay.milliseconds)),
                    "x-dead-letter-exchange": .string(exchange),
                    "x-dead-letter-routing-key": .string(workKey(stage)),
                    "x-dead-letter-strategy": .string("at-least-once"),
                    "x-overflow": .string("reject-publish"),
                    "x-max-length-bytes": .int(1 << 30),
                ])
        }
    }

    private func deadLetters(_ stage: Stage) -> Queue { queue(deadQueue(stage), keys: [deadKey(stage)], [:]) }

    private var journalStream: Queue {
        Queue(
            name: journal, routingKeys: Stage.allCases.map(workKey),
            arguments: [
                "x-queue-type": .string("stream"), "x-max-age": .string("7D"), "x-max-length-bytes": .int(2 << 30),
                // Retention drops whole segments: small ones keep it close to its limits.
                "x-stream-max-segment-size-bytes": .int(64 << 20),
            ])
    }

    private func queue(_ name: String, keys: [String], _ settings: [String: HeaderValue]) -> Queue {
        var arguments = settings
        arguments["x-queue-type"] = .string("quorum")
        return Queue(name: name, routingKeys: keys, arguments: arguments)
    }
}
