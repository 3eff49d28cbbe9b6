public import Logging
public import ServiceLifecycle

/// Takes deliveries from one queue, has them handled concurrently and settles each exactly once.
///
/// A delivery is acknowledged only after its effects are safe: confirmed by the broker or completed in Qdrant. Retries and
/// dead letters are published, confirmed, and only then is the original acknowledged: killed in between, the message is
/// there twice, never not at all, and every effect is idempotent.
public struct Worker: Service, CustomStringConvertible {
    /// Leaves ``run()`` once the queue has stayed empty.
    public struct Drain: Sendable {
        /// How long nothing may have come.
        public var idle: Duration
        /// Messages that wait in the queue; throws while the broker cannot be asked.
        public var waiting: @Sendable () async throws -> Int
        /// How long the broker may be away before the run ends with its error: whoever drains a queue waits for the end.
        public var patience = Duration.seconds(60)

        public init(idle: Duration, waiting: @escaping @Sendable () async throws -> Int) {
            self.idle = idle
            self.waiting = waiting
        }
    }

    public var stage: Topology.Stage
    public var topology: Topology
    public var consumer: any BrokerConsumer
    public var publisher: any BrokerPublisher
    public var handler: any MessageHandler
    /// Deliveries handled at the same time.
    public var concurrency: Int
    /// Deliveries held at once, those that wait for a turn included.
    public var prefetch: Int
    public var retries = RetrySchedule()
    public var drain: Drain?
    /// What deliveries under way get after a stop signal, before they are cancelled and handed back. The programs promise
    /// to be gone within 25 s.
    public var gracePeriod: Duration = .seconds(20)
    /// What one delivery may take. RabbitMQ takes it back after 30 minutes and counts that against it; before, we retry.
    public var deadline: Duration = .seconds(10 * 60)
    public var logger: Logger

    public init(
        stage: Topology.Stage, topology: Topology, consumer: any BrokerConsumer, publisher: any BrokerPublisher,
        handler: any MessageHandler, concurrency: Int, prefetch: Int? = nil, drain: Drain? = nil, logger: Logger
    ) {
        self.stage = stage
        self.topology = topology
        self.consumer = consumer
        self.publisher = publisher
        self.handler = handler
        self.concurrency = concurrency
        self.prefetch = prefetch ?? Self.prefetch(for: concurrency)
        self.drain = drain
        self.logger = logger
    }

    /// Short, as service groups log it.
    public var description: String { "worker on \(topology.workQueue(stage))" }

    private enum Event {
        case settled(stopping: (any Error)?)
        case graceOver
    }

    /// Deliveries to fetch: as many again as are worked on, so that no slot waits for the network. More would lie with one
    /// replica while others have nothing left to do (docs/OPERATIONS.md has the measurement).
    static func prefetch(for concurrency: Int) -> Int { concurrency * 2 }

    /// Works until a graceful shutdown, the drain's end, or a fault that stops the process.
    ///
    /// - Throws: that fault; while draining also what keeps the broker away for longer than the drain's patience.
    public func run() async throws {
        let activity = Activity()
        let slots = WorkSlots(limit: concurrency)
        defer {
            logger.notice(
                "Stopped",
                metadata: [
                    "deliveries": "\(activity.total)",
                    "memory.peak_mb": "\((ProcessMemory.peakResidentBytes + (1 << 19)) >> 20)",
                ])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let drain { group.addTask { try await watch(drain, activity, slots) } }
            defer { group.cancelAll() }
            try await withGracefulShutdownHandler {
                try await process(activity, slots)
            } onGracefulShutdown: {
                // Unstructured: the handler is synchronous, and stopping must go on whatever is cancelled meanwhile.
                Task {
                    await slots.stop()
                    await consumer.stop()
                }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func process(_ activity: Activity, _ slots: WorkSlots) async throws {
        try await withThrowingTaskGroup(of: Event.self) { group in
            var running = 0
            var failure: (any Error)?
            func finishOne() async throws {
                guard let event = try await group.next() else { return }
                switch event {
                case .settled(let error):
                    running -= 1
                    failure = failure ?? error
                case .graceOver: group.cancelAll()
                }
            }
            do {
                for try await delivery in consumer.deliveries {
                    // All that was fetched is looked at, so that suspects behind others are seen; the slots limit the work.
                    if running == prefetch { try await finishOne() }
                    activity.began()
                    running += 1
                    group.addTask {
                        defer { activity.ended() }
                        let failure = await takeTurn(delivery, slots)
                        if failure != nil {
                            await slots.stop()
                            await consumer.stop()
                        }
                        return .settled(stopping: failure)
                    }
                }
            } catch {
                failure = failure ?? error
            }
            group.addTask {
                try? await Task.sleep(for: gracePeriod)
                return .graceOver
            }
            while running > 0 { try await finishOne() }
            group.cancelAll()
            if let failure { throw failure }
        }
    }

    private func watch(_ drain: Drain, _ activity: Activity, _ slots: WorkSlots) async throws {
        var lastAnswer = ContinuousClock.now
        while !Task.isCancelled {
            let idle = activity.idleTime ?? .zero
            do {
                let waiting = try await drain.waiting()
                lastAnswer = .now
                if idle >= drain.idle, waiting == 0, activity.idleTime != nil {
                    logger.info("The queue stayed empty")
                    return await consumer.stop()
                }
            } catch {
                guard !Task.isCancelled else { return }
                if lastAnswer.duration(to: .now) >= drain.patience {
                    await slots.stop()
                    await consumer.stop()
                    throw error
                }
            }
            // Often enough to see a broker that is gone, and at the end of the idle time.
            try? await Task.sleep(for: min(max(drain.idle - idle, .milliseconds(50)), .seconds(1), drain.patience))
        }
    }
}
