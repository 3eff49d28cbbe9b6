public import Logging

/// Consumes one queue over a connection of its own, reconnecting as needed.
///
/// A lost connection hands its unsettled deliveries back to the broker: those not handed out are dropped here, those handed
/// out may be settled in vain. It never declares: a queue that is missing is waited for, with a log line a minute.
///
/// **Isolation**: an actor on a thread of its own, shared with its connection. Call ``close()`` in the end.
public actor Consumer: BrokerConsumer, Reconnecting {
    private let thread: ConnectionThread
    private let settings: BrokerSettings
    private let name: String
    private let queue: String
    private let prefetch: Int
    private let arguments: [String: HeaderValue]
    private let logger: Logger
    private let buffer = DeliveryBuffer()
    private let mailbox = SettlementMailbox()
    private let link = AtomicLinkState()

    private var connection: Connection?
    /// Whether ``connection`` is set up and its end is ours to deal with.
    private var isSubscribed = false
    /// Counts connections, so that settles of an older one are recognised.
    private var connectionNumber = 0
    private var ledger = AcknowledgementLedger()
    /// Came after ``stop()``; handed back at the end of the turn.
    private var unwanted: [UInt64] = []
    private let reconnector: Reconnector<Consumer>

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - prefetch: deliveries unsettled at a time, 1…2000.
    ///   - arguments: of the subscription, for example `x-stream-offset` for a stream.
    ///   - name: shown in the broker's list of connections and consumers, for example `loader@host:pid consume`.
    public init(
        settings: BrokerSettings, queue: String, prefetch: Int, arguments: [String: HeaderValue] = [:], name: String,
        logger: Logger
    ) {
        self.settings = settings
        self.name = name
        self.queue = queue
        self.prefetch = min(max(prefetch, 1), 2000)
        self.arguments = arguments
        var logger = logger
        logger[metadataKey: "amqp.connection"] = .string(name)
        logger[metadataKey: "amqp.queue"] = .string(queue)
        self.logger = logger
        reconnector = Reconnector(settings.reconnectDelays, logger: logger)
        thread = ConnectionThread(name: "amqp consume")
    }

    /// For readiness checks; costs nothing.
    public nonisolated var state: LinkState { link.value }

    /// Starts consuming at the first iteration, unless ``connect()`` has done so.
    public nonisolated var deliveries: AsyncThrowingStream<Delivery, any Error> {
        AsyncThrowingStream { [buffer] in
            if buffer.start() { await self.start() }
            return try await buffer.next()
        }
    }

    /// Connects and subscribes now, once.
    ///
    /// - Throws: `unavailable`, `unauthorized`, `topology` (no such queue), `protocolViolation`, at once.
    public func connect() async throws(BrokerError) {
        guard !isSubscribed, !isStopping else { return }
        try await reconnector.attempt(for: self)
        _ = buffer.start()
    }

    /// What the queue holds now.
    ///
    /// - Throws: `unavailable` while not connected, `topology` when the queue has gone.
    public func queueDepth() async throws(BrokerError) -> QueueDepth {
        guard let connection, isSubscribed else {
            throw BrokerError(.unavailable, "not connected to the broker at \(settings.address)")
        }
        return try await connection.call(passive).depth
    }

    /// Returns at once: the thread writes it at its next turn, several acknowledgements as one where possible, and ``close()``
    /// waits for that. To hop to the thread and back for each delivery would cost more than everything else here.
    public nonisolated func settle(_ delivery: Delivery, _ settlement: Settlement) async {
        if mailbox.post(delivery, settlement) { thread.wake() }
    }

    public func stop() async {
        guard !isStopping else { return }
        reconnector.stop()
        unwanted += buffer.finish().filter { $0.connection == connectionNumber }.map(\.tag)
        if isSubscribed { _ = try? await connection?.call(.cancel(consumerTag: consumerTag)) }
        writeSettlements()
    }

    /// Stops, makes sure that the broker has every settlement, and closes.
    public func close() async {
        await stop()
        writeSettlements()
        isSubscribed = false
        await connection?.close()
        connection = nil
        thread.setPump(nil)
        link.value = .closed
    }

    private var isStopping: Bool { reconnector.isStopped }

    private var readsStream: Bool { arguments["x-stream-offset"] != nil }

    private var consumerTag: String { String(decoding: name.utf8.prefix(200), as: UTF8.self) }

    private var passive: BrokerCommand { .declareQueue(queue, isPassive: true, isExclusive: false, arguments: [:]) }

    private func handle(_ event: Connection.Event) {
        switch event {
        case .delivery(let incoming):
            guard ledger.deliver(incoming.tag) else {
                connection?.fail(BrokerError(.protocolViolation, "the broker skipped a delivery tag"))
                return
            }
            let delivery = Delivery(
                tag: incoming.tag, connection: connectionNumber, isRedelivered: incoming.isRedelivered,
                exchange: incoming.exchange, routingKey: incoming.routingKey, properties: incoming.properties,
                body: incoming.body)
            if !buffer.push(delivery) { unwanted.append(incoming.tag) }
        case .cancelled:
            // The queue is gone or moving; what was delivered cannot be settled there. Start over, which verifies it.
            connection?.fail(BrokerError(.topology, "the broker ended the subscription to queue \(queue)"))
        case .blocked, .unblocked, .returned, .confirmed, .rejected:
            break
        case .closed(let error):
            connection = nil
            // A pump without a connection would not wait.
            thread.setPump(nil)
            unwanted = []
            ledger = AcknowledgementLedger()
            _ = buffer.removeAll()
            guard isSubscribed else { return }
            isSubscribed = false
            guard !isStopping else { return }
            link.value = .connecting
            logger.warning("Subscription lost", metadata: error.logMetadata)
            reconnector.start(after: error, for: self)
        }
    }

    /// At every turn: what has come in the meantime.
    private func writeSettlements() {
        let settled = mailbox.empty()
        guard let connection else { return }
        do {
            for (delivery, settlement) in settled where delivery.connection == connectionNumber {
                let isFirst =
                    settlement == .acknowledge ? ledger.acknowledge(delivery.tag) : ledger.settle(delivery.tag)
                if !isFirst {
                    logger.error("A delivery was settled twice")
                } else if settlement == .requeue {
                    try connection.requeue(delivery.tag)
                }
            }
            for acknowledgement in ledger.takeAcknowledgements() {
                try connection.acknowledge(acknowledgement.tag, multiple: acknowledgement.multiple)
            }
            guard !unwanted.isEmpty else { return }
            let tags = unwanted
            unwanted = []
            // A stream keeps everything anyway, and closes the connection on a `basic.nack`.
            guard !readsStream else { return }
            for tag in tags where ledger.settle(tag) { try connection.requeue(tag) }
        } catch {
            // The closed event has dealt with it: the broker delivers all of them again.
        }
    }

    // MARK: Connecting

    var isConnected: Bool { isSubscribed }

    private func start() { reconnector.start(for: self) }

    func giveUp(_ error: BrokerError) { _ = buffer.finish(throwing: error) }

    func open() async throws(BrokerError) {
        let handle = try await Connector.open(settings, name: name)
        guard !isStopping else { return }
        let connection = Connection(handle, settings: settings) { [weak self] event in
            self?.assumeIsolated { $0.handle(event) }
        }
        connectionNumber += 1
        self.connection = connection
        thread.setPump { [weak self] wakeup, mayWait in
            self?.assumeIsolated { consumer in
                consumer.writeSettlements()
                consumer.connection?.pump(wakeup, mayWait)
                consumer.buffer.flush()
            }
        }
        try await connection.call(.openChannel)
        try await connection.call(.limitDeliveries(prefetch))
        try await connection.call(passive)
        try await connection.call(.consume(queue: queue, consumerTag: consumerTag, arguments: arguments))
        // Lost between the answer and here.
        if let failure = connection.failure { throw failure }
        isSubscribed = true
        link.value = .connected
        logger.info("Consuming", metadata: ["amqp.address": "\(settings.address)", "amqp.prefetch": "\(prefetch)"])
        // stop() may have come while subscribing.
        if isStopping { await cancelSubscription() }
    }

    private func cancelSubscription() async {
        _ = try? await connection?.call(.cancel(consumerTag: consumerTag))
        writeSettlements()
    }
}
