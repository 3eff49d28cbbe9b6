import Logging

extension Program {
    /// Runs a worker on one stage's queue until it is told to stop or, with `--drain`, the queue stays empty.
    ///
    /// - Parameters:
    ///   - concurrency: deliveries handled at once where the options name no number.
    ///   - makeHandler: gets the publisher to send results with.
    public func work(
        on stage: Topology.Stage, broker: Broker, admin: AdminSettings, options: WorkerOptions, concurrency: Int,
        makeHandler: (any BrokerPublisher) -> any MessageHandler
    ) async throws {
        let concurrency = options.concurrency ?? concurrency
        let prefetch = options.prefetch ?? Worker.prefetch(for: concurrency)
        let publisher = broker.publisher()
        let consumer = broker.consumer(of: stage, prefetch: prefetch)
        let drain =
            options.drain
            ? Worker.Drain(idle: .seconds(options.idle)) { try await consumer.queueDepth().messages } : nil
        let worker = Worker(
            stage: stage, topology: broker.topology, consumer: consumer, publisher: publisher,
            handler: makeHandler(publisher), concurrency: concurrency, prefetch: prefetch, drain: drain, logger: logger)
        let server = AdminServer(admin, logger: logger) {
            [("publisher", publisher.state), ("consumer", consumer.state)].filter { $0.1 != .connected }
                .map { FailingPart($0.0, "\($0.1)") }
        }
        logger.notice(
            "Working",
            metadata: [
                LogKey.queue: "\(broker.topology.workQueue(stage))", "concurrency": "\(concurrency)",
                "prefetch": "\(prefetch)",
            ])
        do {
            try await serve([server, worker])
        } catch {
            await close(publisher, consumer)
            throw error
        }
        await close(publisher, consumer)
    }

    private func close(_ publisher: Publisher, _ consumer: Consumer) async {
        await publisher.close()
        await consumer.close()
    }
}
