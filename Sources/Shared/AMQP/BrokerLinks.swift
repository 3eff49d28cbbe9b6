/// Publishes with confirms. Callers publish concurrently; the window of unconfirmed publishings is the implementation's.
public protocol BrokerPublisher: Sendable {
    /// Returns once the broker has confirmed the publishing on every queue it was routed to.
    ///
    /// An unknown outcome (connection lost, no answer) is published again, so a queue may see it twice.
    /// - Throws: ``BrokerError``: unroutable, too large, refused, `unavailable` after the configured patience, or cancelled.
    func publish(_ publishing: Publishing) async throws(BrokerError)

    /// Returns when the queue is there, asked after everything confirmed so far.
    ///
    /// `mandatory` does not tell when a work queue was deleted: the journal is bound to the same routing key, takes the
    /// message alone, and the broker confirms it. What was confirmed is safe only once this has returned.
    /// A lost connection is waited for as long as ``publish(_:)`` waits: the answer decides whether work counts as done.
    /// - Throws: ``BrokerError``: `topology` when there is no such queue, `unavailable` or `connectionLost` after the
    ///   configured patience, or cancelled.
    func verify(queue: String) async throws(BrokerError)
}

/// Consumes one queue, over as many connections in a row as it takes.
public protocol BrokerConsumer: Sendable {
    /// The deliveries. Unsettled ones are limited by the prefetch count. Ends after ``stop()`` or with a fatal ``BrokerError``.
    /// Iterate once.
    var deliveries: AsyncThrowingStream<Delivery, any Error> { get }

    /// Answers a delivery, exactly once. It is on its way when this returns; a delivery of an older connection is forgotten
    /// silently, as the broker has already put it back.
    func settle(_ delivery: Delivery, _ settlement: Settlement) async

    /// Takes no further deliveries; those received but not handed out are requeued. Settling still works.
    func stop() async
}
