/// The broker's exchange, queues and bindings: the only place that knows them (DESIGN §5).
///
/// One direct exchange; per stage a work queue, three retry queues that hand back by time-to-live, and a dead-letter
/// queue; a stream that keeps a copy of every publishing for replay.
public struct Topology: Sendable, Equatable {
    /// A stage of the fleet, named by what it is fed with.
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
    public let retention: JournalRetention

    public init(prefix: String, retention: JournalRetention = JournalRetention()) {
        self.prefix = prefix
        self.retention = retention
    }

    public var exchange: String { prefix }
    public var journal: String { "\(prefix).journal" }
    /// For what goes to the journal alone.
    public var journalKey: String { "journal" }

    public func workQueue(_ stage: Stage) -> String { "\(prefix).\(workKey(stage))" }
    public func retryQueue(_ stage: Stage, _ delay: RetryDelay) -> String { "\(prefix).\(retryKey(stage, delay))" }
    public func deadQueue(_ stage: Stage) -> String { "\(prefix).\(deadKey(stage))" }

    /// The exclusive queue of a ``Lease``; it comes and goes with whoever holds it.
    public func leaseQueue(_ name: String) -> String { "\(prefix).lease.\(name)" }

    /// For what is published for the first time: to the work queue and the journal.
    public func workKey(_ stage: Stage) -> String { stage.rawValue }
    /// For what comes back to work (retries, replays, parts of a message): to the work queue alone, as the journal has it.
    public func againKey(_ stage: Stage) -> String { "\(stage.rawValue).again" }
    public func retryKey(_ stage: Stage, _ delay: RetryDelay) -> String { "\(stage.rawValue).retry.\(delay.rawValue)" }
    public func deadKey(_ stage: Stage) -> String { "\(stage.rawValue).dead" }

    /// A queue with the routing keys bound to it and the settings it needs.
    public struct Queue: Sendable, Equatable {
        public enum Kind: String, Sendable {
            case quorum
            case stream
        }

        public let name: String
        public let kind: Kind
        public let routingKeys: [String]
        /// By the names that policies use, for example `message-ttl`.
        public let settings: [String: HeaderValue]

        /// What the queue is declared with: its type, the one thing that no policy can set.
        public var arguments: [String: HeaderValue] { ["x-queue-type": .string(kind.rawValue)] }

        /// The same with every setting as an argument, for a broker on which nobody may set policies. Arguments can never be
        /// changed afterwards; that is why they are the second choice (https://www.rabbitmq.com/docs/parameters#why).
        public var fullArguments: [String: HeaderValue] {
            settings.reduce(into: arguments) { $0["x-" + $1.key] = $1.value }
        }
    }

    /// Every queue, in the order to declare them: a dead-letter target before its source.
    public var queues: [Queue] {
        Stage.allCases.flatMap { [deadLetters($0)] + retries($0) + [work($0)] } + [journalStream]
    }

    // Lossless dead-lettering needs a quorum queue, the at-least-once strategy and rejecting overflow together; with one
    // missing the broker silently falls back to losing (https://www.rabbitmq.com/docs/quorum-queues#dead-lettering).
    private func work(_ stage: Stage) -> Queue {
        Queue(
            name: workQueue(stage), kind: .quorum, routingKeys: [workKey(stage), againKey(stage)],
            settings: [
                // A crash loop ends here; our own attempts are counted in x-attempt and end earlier.
                "delivery-limit": .int(20),
                "dead-letter-exchange": .string(exchange),
                "dead-letter-routing-key": .string(deadKey(stage)),
                "dead-letter-strategy": .string("at-least-once"),
                "overflow": .string("reject-publish"),
                "max-length-bytes": .int(4 << 30),
            ])
    }

    private func retries(_ stage: Stage) -> [Queue] {
        RetryDelay.allCases.map { delay in
            Queue(
                name: retryQueue(stage, delay), kind: .quorum, routingKeys: [retryKey(stage, delay)],
                settings: [
                    "message-ttl": .int(Int64(delay.milliseconds)),
                    "dead-letter-exchange": .string(exchange),
                    "dead-letter-routing-key": .string(againKey(stage)),
                    "dead-letter-strategy": .string("at-least-once"),
                    "overflow": .string("reject-publish"),
                    "max-length-bytes": .int(1 << 30),
                ])
        }
    }

    private func deadLetters(_ stage: Stage) -> Queue {
        Queue(
            name: deadQueue(stage), kind: .quorum, routingKeys: [deadKey(stage)],
            // RabbitMQ 4 drops a message after 20 deliveries where nothing else is said: looking at a dead letter often
            // must not lose it.
            settings: ["delivery-limit": .int(1_000_000)])
    }

    private var journalStream: Queue {
        Queue(
            name: journal, kind: .stream, routingKeys: Stage.allCases.map(workKey) + [journalKey],
            settings: [
                "max-age": .string(retention.age.text), "max-length-bytes": .int(Int64(retention.bytes)),
                "stream-max-segment-size-bytes": .int(Int64(retention.segmentBytes)),
            ])
    }
}
