import Logging
import ServiceLifecycle

extension Worker {
    /// How long a delivery is kept while a service is down. RabbitMQ takes an unsettled delivery back after 30 minutes and
    /// counts that against it; before that we park it ourselves, at no cost.
    private static var longestWait: Duration { .seconds(20 * 60) }

    /// Handles one delivery and settles it.
    ///
    /// - Returns: the fault that must stop the process, nil otherwise.
    func work(on received: Delivery) async -> (any Error)? {
        let logger = logger(for: received)
        let began = ContinuousClock.now
        await FailPoint.reach(.receive)
        let (delivery, outcome) = await unpackAndHandle(received, logger)
        let settled = await settle(delivery, outcome, logger)
        DeliveryEvent(
            stage: WorkStage(consuming: stage), queue: topology.workQueue(stage), outcome: settled,
            duration: began.duration(to: .now), attempt: MessageEnvelope.attempt(of: delivery.properties)
        ).emit(logger)
        return if case .stop(let error) = outcome { error } else { nil }
    }

    func logger(for delivery: Delivery) -> Logger {
        var logger = logger
        logger[metadataKey: LogKey.message] = .string(delivery.properties.messageID ?? "")
        logger[metadataKey: LogKey.run] = .string(delivery.properties.headers["x-run"]?.string ?? "")
        return logger
    }

    /// Has the plain delivery handled. Copies that go to retries and dead letters are plain, too, for people to read; only
    /// what cannot be unpacked stays as it came.
    private func unpackAndHandle(_ received: Delivery, _ logger: Logger) async -> (Delivery, Outcome) {
        do throws(MessageError) {
            let delivery = try received.unpacked()
            return (delivery, await handle(delivery, logger))
        } catch {
            return (received, .deadLetter(Fault(error.reason.rawValue, error.detail)))
        }
    }

    /// Has the delivery handled, again and again while a service that every message needs is down. That pauses the whole
    /// worker without using attempts: each slot holds one delivery and takes no other.
    private func handle(_ delivery: Delivery, _ logger: Logger) async -> Outcome {
        let began = ContinuousClock.now
        var pause = Duration.seconds(1)
        while true {
            let outcome = await handleInTime(delivery)
            guard case .unavailable(let fault) = outcome, began.duration(to: .now) < Self.longestWait else {
                return outcome
            }
            PauseEvent(stage: WorkStage(consuming: stage), fault: fault, pause: pause).emit(logger)
            let wait = pause
            let rested: Void? = try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
            guard rested != nil, !Task.isShuttingDownGracefully else { return .postpone }
            pause = min(pause * 2, .seconds(30))
        }
    }

    /// Has the delivery handled and cancels that at the deadline: something hangs which should have failed.
    private func handleInTime(_ delivery: Delivery) async -> Outcome {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await handler.handle(delivery) }
            group.addTask { [deadline] in
                do {
                    try await Task.sleep(for: deadline)
                    return .retry(Fault("deadline", "not done after \(deadline)"))
                } catch {
                    // Cancelled: the handler answers for itself.
                    return nil
                }
            }
            defer { group.cancelAll() }
            while let outcome = await group.next() { if let outcome { return outcome } }
            return .postpone
        }
    }

    /// Makes the outcome safe, then settles. What cannot be made safe is handed back.
    private func settle(_ delivery: Delivery, _ outcome: Outcome, _ logger: Logger) async -> DeliveryEvent.Outcome {
        let (settlement, settled): (Settlement, DeliveryEvent.Outcome)
        switch outcome {
        case .done(let rejected):
            var isSafe = true
            for part in rejected where isSafe {
                let letter = DeadLetter(stage: stage, fault: part.fault, documentID: part.documentID)
                isSafe = await bury(letter, body: part.body, delivery, logger)
            }
            settlement = isSafe ? .acknowledge : .requeue
            settled = isSafe ? (rejected.isEmpty ? .done : .partlyDone) : .requeued
        case .deadLetter(let fault):
            let isSafe = await bury(fault, delivery, logger)
            (settlement, settled) = isSafe ? (.acknowledge, .deadLettered) : (.requeue, .requeued)
        case .retry(let fault):
            (settlement, settled) = await retry(delivery, fault, logger)
        case .unavailable:
            let isSafe = await move(delivery.body, of: delivery, to: .fiveMinutes, attempt: nil, logger)
            (settlement, settled) = isSafe ? (.acknowledge, .parked) : (.requeue, .requeued)
        case .postpone, .stop:
            settlement = await handBack(delivery, logger)
            settled = .requeued
        }
        if settlement == .acknowledge { await FailPoint.reach(.ack) }
        await consumer.settle(delivery, settlement)
        return settled
    }

    /// Tries again later, each document by itself: whatever one of them does, the others are done with at the next attempt,
    /// and only the culprit ends in the dead letters.
    private func retry(
        _ delivery: Delivery, _ fault: Fault, _ logger: Logger
    ) async -> (Settlement, DeliveryEvent.Outcome) {
        let attempt = MessageEnvelope.attempt(of: delivery.properties)
        guard let delay = retries.delay(after: attempt) else {
            return await bury(fault, delivery, logger) ? (.acknowledge, .deadLettered) : (.requeue, .requeued)
        }
        let parts = handler.parts(of: delivery)
        for body in parts.count > 1 ? parts : [delivery.body] {
            guard await move(body, of: delivery, to: delay, attempt: attempt + 1, logger) else {
                return (.requeue, .requeued)
            }
        }
        RetryEvent(stage: WorkStage(consuming: stage), fault: fault, attempt: attempt, delay: delay).emit(logger)
        return (.acknowledge, .retried)
    }

    /// Publishes a delivery's body, or a part of it, to a retry queue. False when it could not be confirmed.
    private func move(
        _ body: [UInt8], of delivery: Delivery, to delay: Topology.RetryDelay, attempt: Int?, _ logger: Logger
    ) async -> Bool {
        var properties = delivery.properties
        properties.headers = properties.headers.withoutBrokerHeaders
        if let attempt { properties.headers["x-attempt"] = .int(Int64(attempt)) }
        return await confirmed(
            Publishing(
                exchange: topology.exchange, routingKey: topology.retryKey(stage, delay), properties: properties,
                body: body), logger)
    }

    func bury(_ fault: Fault, _ delivery: Delivery, _ logger: Logger) async -> Bool {
        await bury(DeadLetter(stage: stage, fault: fault, documentID: nil), body: delivery.body, delivery, logger)
    }

    /// Publishes a dead letter. False when it could not be confirmed.
    private func bury(_ letter: DeadLetter, body: [UInt8], _ delivery: Delivery, _ logger: Logger) async -> Bool {
        let publishing = letter.publishing(of: body, properties: delivery.properties, topology: topology)
        guard await confirmed(publishing, logger) else { return false }
        DeadLetterEvent(
            stage: WorkStage(consuming: stage), fault: letter.fault, documentID: letter.documentID
        ).emit(logger)
        return true
    }

    func confirmed(_ publishing: Publishing, _ logger: Logger) async -> Bool {
        do {
            try await publisher.publish(publishing)
            return true
        } catch {
            logger.error(
                "A message could not be moved aside and is handed back", metadata: [LogKey.errorDetail: "\(error)"])
            return false
        }
    }
}
