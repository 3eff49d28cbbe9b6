import Logging
import Shared

/// Keeps a replay from piling up more than so many messages in the work queue, where they would delay what is new.
struct QueueRoom {
    let broker: Broker
    let queue: String
    let maximum: Int
    let logger: Logger
    /// Messages that may be sent before the queue is looked at again.
    private var budget = 0
    private var reminder = Throttle(interval: .seconds(60))

    init(_ broker: Broker, queue: String, maximum: Int, logger: Logger) {
        self.broker = broker
        self.queue = queue
        self.maximum = maximum
        self.logger = logger
    }

    /// Whether ``refill()`` is due.
    var isSpent: Bool { budget == 0 }

    mutating func take() { budget -= 1 }

    /// Waits until the queue has room for a good part of `maximum`. Call it with nothing under way, which would not count.
    mutating func refill() async throws {
        while true {
            let depth = try await depth()
            // Not at the first free place: that would ask the broker before every message.
            if depth.messages <= maximum * 3 / 4 {
                budget = maximum - depth.messages
                return
            }
            if reminder.isDue {
                logger.notice(
                    depth.consumers == 0
                        ? "Waiting for room in the work queue; no worker consumes it"
                        : "Waiting for room in the work queue",
                    metadata: [LogKey.queue: "\(queue)", "ready": "\(depth.messages)", "max_queued": "\(maximum)"])
            }
            // AMQP has no signal for a queue that gets shorter.
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func depth() async throws(BrokerError) -> QueueDepth {
        let queue = queue
        return try await BrokerConnection.with(broker.settings, name: broker.connectionName("depth")) {
            connection throws(BrokerError) in try await connection.verifyQueue(queue)
        }
    }
}
