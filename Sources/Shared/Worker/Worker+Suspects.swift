import Logging

/// Deliveries that may have killed a process before; ``Suspicion`` says how they are told from their neighbours.
extension Worker {
    /// How long a suspect waits for what was fetched together with it, so that those behind it can step aside. The broker
    /// sends them in one go; one that comes later is counted once more than it deserves, which does no harm by itself.
    private static var gathering: Duration { .milliseconds(300) }

    /// Works on one delivery when it is its turn.
    ///
    /// - Returns: the fault that must stop the process, nil otherwise.
    func takeTurn(_ delivery: Delivery, _ slots: WorkSlots) async -> (any Error)? {
        let suspicion = Suspicion(delivery.properties)
        let logger = logger(for: delivery)
        if suspicion.mustBeTakenApart {
            await takeApart(delivery, logger)
            return nil
        }
        if suspicion.isGuilty {
            let fault = Fault("crash_loop", "came back \(suspicion.returns) times while it was worked on alone")
            let isSafe = await bury(fault, delivery, logger)
            await consumer.settle(delivery, isSafe ? .acknowledge : .requeue)
            return nil
        }
        switch await slots.enter(suspicion) {
        case .work:
            if suspicion.mustStepAside {
                try? await Task.sleep(for: Self.gathering)
                await slots.clear()
            }
            let failure = await work(on: delivery)
            await slots.leave()
            return failure
        case .stepAside:
            await consumer.settle(delivery, await handBack(delivery, logger))
            await slots.steppedAside()
        case .stop:
            await consumer.settle(delivery, await handBack(delivery, logger))
        }
        return nil
    }

    /// How to hand a delivery back so that it does not look guilty because of us: where one more return would, a copy that
    /// counts from zero takes its place.
    func handBack(_ delivery: Delivery, _ logger: Logger) async -> Settlement {
        guard Suspicion(delivery.properties).wouldSufferByReturn else { return .requeue }
        return await confirmed(copy(of: delivery, body: delivery.body), logger) ? .acknowledge : .requeue
    }

    /// Puts each document of a message back as a marked message of its own.
    private func takeApart(_ received: Delivery, _ logger: Logger) async {
        // One that cannot be unpacked is one part, and gets its dead letter when it is worked on.
        let delivery = (try? received.unpacked()) ?? received
        let parts = handler.parts(of: delivery)
        logger.warning(
            "A message came back again and again; its documents are tried one by one",
            metadata: ["documents": "\(parts.count)"])
        for part in parts {
            var publishing = copy(of: delivery, body: part)
            publishing.properties.headers[Suspicion.header] = .int(1)
            guard await confirmed(publishing, logger) else { return await consumer.settle(delivery, .requeue) }
        }
        await consumer.settle(delivery, .acknowledge)
    }

    private func copy(of delivery: Delivery, body: [UInt8]) -> Publishing {
        var properties = delivery.properties
        properties.headers = properties.headers.withoutBrokerHeaders
        return Publishing(
            exchange: topology.exchange, routingKey: topology.againKey(stage), properties: properties, body: body)
    }
}
