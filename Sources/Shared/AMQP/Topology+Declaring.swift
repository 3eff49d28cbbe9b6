extension Topology {
    /// Creates what is missing. What exists must have the same settings.
    ///
    /// - Throws: `topology` naming the queue that exists with other settings; nothing is ever deleted.
    public func declare(over connection: BrokerConnection) async throws(BrokerError) {
        try await connection.declareExchange(exchange)
        for queue in queues {
            try await connection.declareQueue(queue.name, arguments: queue.arguments)
            for key in queue.routingKeys {
                try await connection.bind(queue: queue.name, to: exchange, routingKey: key)
            }
        }
    }

    /// Checks that exchange and queues exist.
    ///
    /// - Throws: `topology` naming the first that is missing.
    public func verify(over connection: BrokerConnection) async throws(BrokerError) {
        try await connection.verifyExchange(exchange)
        for queue in queues { try await connection.verifyQueue(queue.name) }
    }
}
