extension Topology {
    /// Creates exchange, queues and bindings as far as they are missing.
    ///
    /// - Parameter settingsAsArguments: whether no policy could be set, so that the queues carry their settings themselves.
    /// - Throws: `topology` naming the queue that exists with other arguments; nothing is ever deleted.
    public func declare(
        over connection: BrokerConnection, settingsAsArguments: Bool = false, except existing: Set<String> = []
    ) async throws(BrokerError) {
        try await connection.declareExchange(exchange)
        for queue in queues {
            if !existing.contains(queue.name) {
                try await connection.declareQueue(
                    queue.name, arguments: settingsAsArguments ? queue.fullArguments : queue.arguments)
            }
            for key in queue.routingKeys {
                try await connection.bind(queue: queue.name, to: exchange, routingKey: key)
            }
        }
    }

    /// Checks that exchange and queues exist.
    ///
    /// From 4.3.1 on, RabbitMQ lets a user ask only for what it has a right to. What the role itself needs is therefore asked
    /// first; a refusal at the rest ends the check quietly, as it closes the channel and says nothing about the topology.
    ///
    /// - Throws: `topology` naming the first that is missing.
    public func verify(over connection: BrokerConnection, as role: FleetRole?) async throws(BrokerError) {
        try await connection.verifyExchange(exchange)
        let own = Set(role.map { queues(readBy: $0) + queues(fedBy: $0) } ?? queues.map(\.name))
        for queue in queues where own.contains(queue.name) { try await connection.verifyQueue(queue.name) }
        do {
            for queue in queues where !own.contains(queue.name) { try await connection.verifyQueue(queue.name) }
        } catch  where error.code == .unauthorized {
            return
        }
    }
}
