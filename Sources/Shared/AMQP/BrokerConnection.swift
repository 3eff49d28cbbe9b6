/// A connection for asking and arranging: exchanges, queues, bindings, depths. Publish with ``Publisher``, consume with
/// ``Consumer``.
///
/// It connects once and does not reconnect. A refusal (a missing queue, other arguments) ends it, as AMQP closes the channel
/// then: make a new one. **Isolation**: the actor runs on a thread of its own.
public actor BrokerConnection {
    private let thread: ConnectionThread
    private let settings: BrokerSettings
    private let name: String
    private var connection: Connection?
    /// Those who wait for the end, by a number of their own.
    private var endWaiters: [Int: CheckedContinuation<BrokerError?, Never>] = [:]
    private var lastWaiter = 0

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter name: shown in the broker's list of connections, for example `ohra@host:pid topology`.
    public init(settings: BrokerSettings, name: String) {
        self.settings = settings
        self.name = name
        thread = ConnectionThread(name: "amqp")
    }

    /// Connects, runs `body` and closes.
    public static func with<Value: Sendable>(
        _ settings: BrokerSettings, name: String,
        _ body: @Sendable (BrokerConnection) async throws(BrokerError) -> Value
    ) async throws(BrokerError) -> Value {
        let connection = BrokerConnection(settings: settings, name: name)
        try await connection.connect()
        let result: Result<Value, BrokerError>
        do {
            result = .success(try await body(connection))
        } catch {
            result = .failure(error)
        }
        await connection.close()
        return try result.get()
    }

    /// - Throws: `unavailable`, `unauthorized`, `protocolViolation`.
    public func connect() async throws(BrokerError) {
        guard connection == nil else { return }
        let handle = try await Connector.open(settings, name: name)
        let connection = Connection(handle, settings: settings) { [weak self] event in
            guard case .closed(let error) = event else { return }
            self?.assumeIsolated { $0.tellEnd(error) }
        }
        self.connection = connection
        thread.setPump { [weak self] wakeup, mayWait in
            self?.assumeIsolated { $0.connection?.pump(wakeup, mayWait) }
        }
        try await connection.call(.openChannel)
    }

    /// Closes in agreement with the broker; does nothing when it is closed already.
    public func close() async {
        await connection?.close()
        thread.setPump(nil)
        connection = nil
    }

    /// Whether the connection stands, as far as is known.
    public var isOpen: Bool { connection?.isOpen == true }

    /// Waits until the connection ends, whoever ends it, and tells why; nil when the waiting task is cancelled before.
    public func end() async -> BrokerError? {
        guard let connection, connection.isOpen else { return connection?.failure ?? Self.notConnected }
        lastWaiter += 1
        let number = lastWaiter
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { return continuation.resume(returning: nil) }
                endWaiters[number] = continuation
            }
        } onCancel: {
            // Unstructured, as the handler is synchronous; only made when a waiter is cancelled.
            Task { await self.giveUpWaiting(number) }
        }
    }

    private func giveUpWaiting(_ number: Int) { endWaiters.removeValue(forKey: number)?.resume(returning: nil) }

    private func tellEnd(_ error: BrokerError) {
        let waiters = endWaiters.values
        endWaiters = [:]
        for waiter in waiters { waiter.resume(returning: error) }
    }

    private static let notConnected = BrokerError(.unavailable, "not connected to the broker")

    /// - Throws: `topology` when it exists with another type or arguments.
    public func declareExchange(
        _ name: String, type: String = "direct", arguments: [String: HeaderValue] = [:]
    ) async throws(BrokerError) {
        try await call(.declareExchange(name, type: type, isPassive: false, arguments: arguments))
    }

    /// - Throws: `topology` when there is no such exchange.
    public func verifyExchange(_ name: String) async throws(BrokerError) {
        try await call(.declareExchange(name, type: "direct", isPassive: true, arguments: [:]))
    }

    public func deleteExchange(_ name: String) async throws(BrokerError) { try await call(.deleteExchange(name)) }

    /// Declares a durable queue, or one that lives and dies with this connection (`isExclusive`).
    ///
    /// - Throws: `topology` when it exists with other arguments, or belongs to another connection (reply code 405).
    @discardableResult
    public func declareQueue(
        _ name: String, arguments: [String: HeaderValue] = [:], isExclusive: Bool = false
    ) async throws(BrokerError) -> QueueDepth {
        try await call(.declareQueue(name, isPassive: false, isExclusive: isExclusive, arguments: arguments)).depth
    }

    /// What the queue holds. RabbitMQ before 4 and after 4.3.0 asks for no `configure` right here.
    ///
    /// - Throws: `topology` when there is no such queue.
    @discardableResult
    public func verifyQueue(_ name: String) async throws(BrokerError) -> QueueDepth {
        try await call(.declareQueue(name, isPassive: true, isExclusive: false, arguments: [:])).depth
    }

    public func deleteQueue(_ name: String) async throws(BrokerError) { try await call(.deleteQueue(name)) }

    public func purgeQueue(_ name: String) async throws(BrokerError) { try await call(.purgeQueue(name)) }

    public func bind(queue: String, to exchange: String, routingKey: String) async throws(BrokerError) {
        try await call(.bind(queue: queue, exchange: exchange, routingKey: routingKey))
    }

    public func unbind(queue: String, from exchange: String, routingKey: String) async throws(BrokerError) {
        try await call(.unbind(queue: queue, exchange: exchange, routingKey: routingKey))
    }

    @discardableResult
    private func call(_ command: BrokerCommand) async throws(BrokerError) -> BrokerReply {
        guard let connection else { throw Self.notConnected }
        return try await connection.call(command)
    }
}
