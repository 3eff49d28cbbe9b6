public import Logging

/// The right to do something that only one process of the fleet may do at a time, on whatever machine.
///
/// It is an exclusive queue: RabbitMQ gives its name to one connection at a time and deletes it with that connection, so a
/// holder that is killed leaves nothing behind, and one whose machine vanishes holds it until the broker misses two
/// heartbeats. Such queues are never replicated, hold no messages, and stay allowed in RabbitMQ 4
/// (https://www.rabbitmq.com/docs/queues#exclusive-queues).
///
/// **Isolation**: an actor; its connection has a thread of its own. Call ``release()`` in the end, when ``hold()`` has returned.
public actor Lease {
    private let queue: String
    private let broker: Broker
    private let logger: Logger
    private var connection: BrokerConnection

    private let patience: Patience

    /// How long a holder that lost its connection tries to be the holder again.
    struct Patience: Sendable {
        /// With a broker that does not answer: as long as a run's publisher waits for one.
        var broker = Duration.seconds(60)
        /// With a lease that is taken: perhaps by our own former connection, which the broker has not missed yet.
        var taken = Duration.seconds(10)
    }

    private init(
        _ queue: String, _ broker: Broker, _ connection: BrokerConnection, _ patience: Patience, _ logger: Logger
    ) {
        self.queue = queue
        self.broker = broker
        self.connection = connection
        self.patience = patience
        self.logger = logger
    }

    /// Takes the lease if it is free.
    ///
    /// - Parameters:
    ///   - name: says what for: `run.jira.example.atlassian.net`.
    ///   - limit: how long to wait for it. The broker needs a moment to notice that a holder was killed.
    /// - Returns: nil when somebody else holds it.
    /// - Throws: `unavailable`, or `unauthorized` when the user may not declare the queue.
    public static func acquire(
        _ name: String, at broker: Broker, waiting limit: Duration = .zero, logger: Logger
    ) async throws(BrokerError) -> Lease? {
        let end = ContinuousClock.now + limit
        while true {
            if let lease = try await acquire(name, at: broker, patience: Patience(), logger: logger) { return lease }
            guard ContinuousClock.now < end, !Task.isCancelled else { return nil }
            // Cancellation ends the loop.
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    static func acquire(
        _ name: String, at broker: Broker, patience: Patience, logger: Logger
    ) async throws(BrokerError) -> Lease? {
        let queue = broker.topology.leaseQueue(name)
        guard let connection = try await connect(queue, broker) else { return nil }
        return Lease(queue, broker, connection, patience, logger)
    }

    private static func connect(_ queue: String, _ broker: Broker) async throws(BrokerError) -> BrokerConnection? {
        let connection = BrokerConnection(settings: broker.settings, name: broker.connectionName("lease \(queue)"))
        try await connection.connect()
        do {
            // The type is named because a virtual host's default may be one that cannot be exclusive.
            try await connection.declareQueue(queue, arguments: ["x-queue-type": .string("classic")], isExclusive: true)
            return connection
        } catch {
            await connection.close()
            if error.replyCode == 405 { return nil }
            guard error.code == .unauthorized else { throw error }
            throw BrokerError(
                .unauthorized, "\(error); a lease keeps runs from overlapping: run `ohra topology apply --users`",
                replyCode: error.replyCode)
        }
    }

    /// Whether it is held, as far as is known.
    public var isHeld: Bool { get async { await connection.isOpen } }

    /// Holds the lease until the task is cancelled, taking it again when the connection breaks.
    ///
    /// - Returns: why it is lost: somebody else has it, or the broker stays away. nil when cancelled.
    public func hold() async -> LeaseLost? {
        // A closed connection has its end at once, also for a task that was cancelled while it took the lease again.
        while !Task.isCancelled, let error = await connection.end() {
            logger.warning("Connection of the lease lost", metadata: ["error.detail": "\(error)"])
            guard let lost = await regain() else { continue }
            return lost
        }
        return nil
    }

    /// nil when it is held again.
    private func regain() async -> LeaseLost? {
        await connection.close()
        let start = ContinuousClock.now
        var firstRefusal: ContinuousClock.Instant?
        while !Task.isCancelled {
            let now = ContinuousClock.now
            do throws(BrokerError) {
                if let connection = try await Self.connect(queue, broker) {
                    self.connection = connection
                    logger.notice("The lease is held again", metadata: [LogKey.queue: "\(queue)"])
                    return nil
                }
                firstRefusal = firstRefusal ?? now
                if let firstRefusal, now - firstRefusal >= patience.taken { return LeaseLost(broker: nil) }
            } catch {
                guard error.isRetriable, now - start < patience.broker else { return LeaseLost(broker: error) }
            }
            // Jitter, as whoever else lost the broker comes back now, too. Cancellation ends the loop.
            try? await Task.sleep(for: .milliseconds(Int.random(in: 200...800)))
        }
        return nil
    }

    /// Gives the lease to whoever wants it next.
    public func release() async { await connection.close() }
}

/// A lease that its holder has no more.
public struct LeaseLost: ExitCoded, CustomStringConvertible {
    /// nil when somebody else took it.
    let broker: BrokerError?

    public var description: String {
        broker.map { "the lease is lost and cannot be taken again: \($0)" }
            ?? "another process took the lease meanwhile"
    }

    public var exitCode: Int32 { broker?.exitCode ?? ProgramExit.incomplete.rawValue }
}
