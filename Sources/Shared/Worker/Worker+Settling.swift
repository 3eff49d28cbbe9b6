import Logging
import ServiceLifecycle

extension Worker {
    /// How long a delivery is kept while a service is down. RabbitMQ takes an unsettled delivery back after 30 minutes and
    /// counts that against it; before that we park it ourselves, at no cost.
    private static var longestWait: Duration { .seconds(20 * 60) }

    /// Handles one delivery and settles it.
    ///
    /// - Returns: the fault that must stop the process, nil otherwise.
    func work(on delivery: Delivery) async -> (any Error)? {
        var logger = logger
        logger[metadataKey: "message.id"] = .string(delivery.properties.messageID ?? "")
        let began = ContinuousClock.now
        var pause = Duration.seconds(1)
        while true {
            let outcome = await handler.handle(delivery)
            switch outcome {
            case .done(let rejected):
                for part in rejected {
                    let letter = DeadLetter(stage: stage, fault: part.fault, documentID: part.documentID)
                    guard await bury(letter, body: part.body, delivery, logger) else { return nil }
                }
                await consumer.settle(delivery, .acknowledge)
                logger.debug("Delivery done", metadata: ["duration": "\(began.duration(to: .now))"])
                return nil
            case .deadLetter(let fault):
                let letter = DeadLetter(stage: stage, fault: fault, documentID: nil)
                if await bury(letter, body: delivery.body, delivery, logger) {
                    await consumer.settle(delivery, .acknowledge)
                }
                return nil
            case .retry(let fault):
                await retry(delivery, fault, logger)
                return nil
            case .unavailable(let fault):
                logger.warning(
                    "A needed service is unavailable, trying again",
                    metadata: ["error.code": "\(fault.reason)", "error.detail": "\(fault.detail)", "pause": "\(pause)"])
                guard began.duration(to: .now) < Self.longestWait else {
                    await move(delivery, to: .fiveMinutes, attempt: nil, logger)
                    return nil
                }
                let wait = pause
                let rested: Void? = try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
                guard rested != nil, !Task.isShuttingDownGracefully else {
                    await consumer.settle(delivery, .requeue)
                    return nil
                }
                pause = min(pause * 2, .seconds(30))
            case .postpone:
                await consumer.settle(delivery, .requeue)
                return nil
            case .stop(let error):
                await consumer.settle(delivery, .requeue)
                return error
            }
        }
    }

    private func retry(_ delivery: Delivery, _ fault: Fault, _ logger: Logger) async {
        let attempt = MessageEnvelope.attempt(of: delivery.properties)
        guard let delay = retries.delay(after: attempt) else {
            let letter = DeadLetter(stage: stage, fault: fault, documentID: nil)
            if await bury(letter, body: delivery.body, delivery, logger) {
                await consumer.settle(delivery, .acknowledge)
            }
            return
        }
        logger.info(
            "Delivery will be tried again",
            metadata: [
                "attempt": "\(attempt)", "delay": "\(delay.rawValue)", "error.code": "\(fault.reason)",
                "error.detail": "\(fault.detail)",
            ])
        await move(delivery, to: delay, attempt: attempt + 1, logger)
    }

    /// Publishes a copy to a retry queue, then acknowledges the original.
    private func move(_ delivery: Delivery, to delay: Topology.RetryDelay, attempt: Int?, _ logger: Logger) async {
        var properties = delivery.properties
        properties.headers = properties.headers.withoutBrokerHeaders
        if let attempt { properties.headers["x-attempt"] = .int(Int64(attempt)) }
        let publishing = Publishing(
            exchange: topology.exchange, routingKey: topology.retryKey(stage, delay), properties: properties,
            body: delivery.body)
        if await confirmed(publishing, logger) {
            await consumer.settle(delivery, .acknowledge)
        } else {
            await consumer.settle(delivery, .requeue)
        }
    }

    /// Publishes a dead letter. False when it could not be confirmed; the delivery has then been handed back.
    private func bury(_ letter: DeadLetter, body: [UInt8], _ delivery: Delivery, _ logger: Logger) async -> Bool {
        logger.error(
            "Moved to the dead letters",
            metadata: [
                "stage": "\(stage.rawValue)", "error.code": "\(letter.fault.reason)",
                "error.detail": "\(letter.fault.detail)", "document.id": "\(letter.documentID ?? "")",
            ])
        if await confirmed(letter.publishing(of: body, properties: delivery.properties, topology: topology), logger) {
            return true
        }
        await consumer.settle(delivery, .requeue)
        return false
    }

    private func confirmed(_ publishing: Publishing, _ logger: Logger) async -> Bool {
        do {
            try await publisher.publish(publishing)
            return true
        } catch {
            logger.error("Could not move a message aside, handing it back", metadata: ["error.detail": "\(error)"])
            return false
        }
    }
}
