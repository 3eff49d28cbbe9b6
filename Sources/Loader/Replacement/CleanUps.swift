import Shared

/// Has documents cleaned up once more, later: a message without chunks waits in the shortest retry queue and then comes to
/// some loader like any other. It survives everything that the message it follows survives.
struct CleanUps: Sendable {
    /// How long a write may be on its way after its sender is gone. Not the time it takes to be applied: Qdrant applies the
    /// writes of a shard in the order in which they came.
    static let delay = Topology.RetryDelay.thirtySeconds

    let publisher: any BrokerPublisher
    let topology: Topology

    /// Returns once the broker has it.
    func schedule(_ message: VectorsMessage, after delivery: Delivery) async throws {
        var properties = delivery.properties
        properties.headers = properties.headers.filter { Self.kept.contains($0.key) }
        try await publisher.publish(
            Publishing(
                exchange: topology.exchange, routingKey: topology.retryKey(.vectors, Self.delay),
                properties: properties, body: message.withoutVectors.body))
    }

    /// What is said of the message, without what is counted of its deliveries.
    private static let kept: Set<String> = ["x-schema", "x-run", "x-source", "x-attempt", "x-replay", "traceparent"]
}
