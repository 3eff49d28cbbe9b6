public import Logging

/// Publishes with confirms over a connection of its own, reconnecting as needed.
///
/// Publishings go out in the order of the calls, mandatory and persistent, at most ``Window`` unconfirmed at a time. What a
/// lost connection leaves unanswered is published again on the next one, in order, before anything newer: a queue may get a
/// message twice, never not at all.
///
/// **Isolation**: an actor on a thread of its own, shared with its connection. Call ``close()`` in the end, or it goes on
/// reconnecting.
public actor Publisher: BrokerPublisher, Reconnecting {
    /// Limits of what is unconfirmed. One publishing is always let through, whatever its size.
    public struct Window: Sendable {
        public var publishings: Int
        public var bytes: Int

        public init(publishings: Int = 64, bytes: Int = 8 << 20) {
            self.publishings = publishings
            self.bytes = bytes
        }
    }

    private let thread: ConnectionThread
    private let settings: BrokerSettings
    private let name: String
    private let logger: Logger
    private let patience: Duration?
    private let link = AtomicLinkState()

    /// Set once confirms are selected on it.
    private var connection: Connection?
    /// The same, from its beginning: the one to pump.
    private var latest: Connection?
    private let reconnector: Reconnector<Publisher>
    private var isClosed = false

    private var ledger: PublishingLedger
    /// Those who wait for an answer, by the number of their publishing.
    private var callers: [UInt64: CheckedContinuation<BrokerError?, Never>] = [:]
    private var retry: Task<Void, Never>?
    private var expiry: Task<Void, Never>?
    private var lastNumber: UInt64 = 0
    private var refusalReminder = Throttle(interval: .seconds(60))
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []
    private var maximumHeader = 126_976

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - name: shown in the broker's list of connections, for example `transformer@host:pid publish`.
    ///   - patience: how long one `publish` may take before it throws `unavailable` (or `refused`, when the broker said no).
    ///     nil waits for the broker for ever.
    public init(
        settings: BrokerSettings, name: String, patience: Duration? = nil, window: Window = Window(), logger: Logger
    ) {
        self.settings = settings
        self.name = name
        self.patience = patience
        ledger = PublishingLedger(limits: window)
        var logger = logger
        logger[metadataKey: "amqp.connection"] = .string(name)
        self.logger = logger
        reconnector = Reconnector(settings.reconnectDelays, logger: logger)
        thread = ConnectionThread(name: "amqp publish")
    }

    /// For readiness checks; costs nothing.
    public nonisolated var state: LinkState { link.value }

    /// Connects now instead of at the first publishing, once.
    ///
    /// - Throws: `unavailable`, `unauthorized`, `protocolViolation`, at once.
    public func connect() async throws(BrokerError) {
        guard connection == nil, !isClosed else { return }
        try await reconnector.attempt(for: self)
    }

    public func publish(_ publishing: Publishing) async throws(BrokerError) {
        if isClosed { throw BrokerError(.cancelled, "the publisher is closed") }
        try publishing.checkSize(maximumHeader: maximumHeader)
        lastNumber += 1
        let entry = PublisherEntry(
            number: lastNumber, publishing: publishing, deadline: patience.map { ContinuousClock.now + $0 })
        let failure: BrokerError? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { return continuation.resume(returning: Self.cancelled) }
                callers[entry.number] = continuation
                ledger.accept(entry)
                sendWaiting()
                reconnector.start(for: self)
                scheduleExpiry()
            }
        } onCancel: {
            // Unstructured, as the handler is synchronous; only made when a caller is cancelled.
            Task { await self.cancel(entry.number) }
        }
        if let failure { throw failure }
    }

    public func verify(queue: String) async throws(BrokerError) {
        let deadline = patience.map { ContinuousClock.now + $0 }
        var pauses = ReconnectSchedule(settings.reconnectDelays)
        while true {
            do throws(BrokerError) {
                return try await look(for: queue)
            } catch {
                guard error.isRetriable, !isClosed else { throw error }
                if let deadline, deadline <= .now { throw error }
                do {
                    try await Task.sleep(for: pauses.delay(after: error))
                } catch {
                    throw Self.cancelled
                }
            }
        }
    }

    private func look(for queue: String) async throws(BrokerError) {
        if connection == nil { try await connect() }
        guard let connection else {
            // Lost again already, or never made because close() came.
            throw isClosed
                ? BrokerError(.cancelled, "the publisher is closed")
                : BrokerError(.connectionLost, "the connection to the broker at \(settings.address) was lost")
        }
        do throws(BrokerError) {
            try await connection.call(.declareQueue(queue, isPassive: true, isExclusive: false, arguments: [:]))
        } catch {
            guard error.replyCode == 404 else { throw error }
            throw BrokerError(
                error.code, "queue \(queue) is gone: run `ohra topology apply`", replyCode: error.replyCode)
        }
    }

    /// Waits until everything is confirmed, at most `limit`, then closes. What is still unconfirmed fails as `cancelled`.
    public func close(limit: Duration = .seconds(10)) async {
        guard !isClosed else { return }
        // Nothing new from here on; what was accepted still goes out.
        isClosed = true
        if !ledger.isIdle {
            let timer = Task {
                try await Task.sleep(for: limit)
                self.stopWaitingForIdle()
            }
            await withCheckedContinuation { idleWaiters.append($0) }
            timer.cancel()
        }
        reconnector.stop()
        retry?.cancel()
        expiry?.cancel()
        tell(ledger.failAll(BrokerError(.cancelled, "the publisher is closed")))
        await connection?.close()
        // One that is being set up: nobody would read its answers any more.
        latest?.fail(BrokerError(.cancelled, "the publisher is closed"))
        connection = nil
        latest = nil
        thread.setPump(nil)
        link.value = .closed
    }

    // MARK: Sending

    /// Sends as much as the window allows.
    private func sendWaiting() {
        while let connection, connection.isOpen, !connection.isBlocked, let publishing = ledger.next {
            // Where it breaks, the publishing stays first in line; the closed event has put the unconfirmed ones before it.
            do { try connection.publish(publishing) } catch { return }
            // The read before the publish may have brought a block; the broker has this one all the same.
            ledger.markSent()
        }
    }

    private func handle(_ event: Connection.Event) {
        // A connection that ends while it is set up tells whoever sets it up.
        guard connection != nil else { return }
        switch event {
        case .confirmed(let tag, let multiple):
            tell(ledger.confirmed(tag, multiple: multiple))
        case .rejected(let tag, let multiple):
            tell(ledger.rejected(tag, multiple: multiple))
            scheduleRetry()
        case .returned(let returned):
            if !ledger.returned(returned) {
                logger.warning("The broker returned a publishing that is not under way")
            }
        case .blocked(let reason):
            link.value = .blocked
            logger.warning("The broker takes no publishings for now", metadata: ["amqp.reason": "\(reason)"])
        case .unblocked:
            link.value = .connected
            logger.notice("The broker takes publishings again")
        case .closed(let error):
            connectionClosed(error)
        case .delivery, .cancelled:
            break
        }
    }

    private func connectionClosed(_ error: BrokerError) {
        connection = nil
        let unconfirmed = ledger.countUnderWay
        tell(ledger.connectionLost(error))
        if isClosed, ledger.isIdle { return }
        link.value = .connecting
        logger.warning(
            "Connection to the broker lost",
            metadata: error.logMetadata.merging(["amqp.unconfirmed": "\(unconfirmed)"]) { $1 })
        reconnector.start(after: error, for: self)
    }

    private func scheduleRetry() {
        guard let pause = ledger.retryPause else { return }
        if refusalReminder.isDue {
            logger.notice("A queue is full; its publishings are tried again until there is room")
        }
        guard retry == nil else { return }
        let delay = pause * Double.random(in: 0.5...1)
        retry = Task { [weak self] in
            try? await Task.sleep(for: delay)
            await self?.retryRefused()
        }
    }

    private func retryRefused() {
        retry = nil
        ledger.retryRefused()
        sendWaiting()
    }

    // MARK: Waiting

    private func tell(_ answers: [PublishingLedger.Answer]) {
        for answer in answers { callers.removeValue(forKey: answer.number)?.resume(returning: answer.failure) }
        if ledger.isIdle { stopWaitingForIdle() }
    }

    private func stopWaitingForIdle() {
        for waiter in idleWaiters { waiter.resume() }
        idleWaiters = []
    }

    private func cancel(_ number: UInt64) { tell(ledger.cancel(number, Self.cancelled)) }

    private func scheduleExpiry() {
        guard patience != nil, expiry == nil, let next = ledger.nextDeadline else { return }
        expiry = Task { [weak self] in
            try? await Task.sleep(until: next, clock: .continuous)
            await self?.expire()
        }
    }

    private func expire() {
        expiry = nil
        let unavailable = BrokerError(
            .unavailable,
            connection?.isBlocked == true
                ? "the broker at \(settings.address) takes no publishings: disk or memory alarm"
                : "the broker at \(settings.address) did not confirm in time; see that it runs, then run this again")
        let isConnected = connection != nil
        tell(
            ledger.expire(at: .now) { refusals in
                // What was refused before the broker went away does not wait for room any more.
                guard refusals > 0, isConnected else { return unavailable }
                return BrokerError(.refused, "the broker refused the publishing \(refusals) times")
            })
        scheduleExpiry()
    }

    private static let cancelled = BrokerError(.cancelled, "the caller was cancelled")

    // MARK: Connecting

    var isConnected: Bool { connection != nil }

    func giveUp(_ error: BrokerError) { tell(ledger.failAll(error)) }

    func open() async throws(BrokerError) {
        let handle = try await Connector.open(settings, name: name)
        // close() may have come meanwhile.
        guard !reconnector.isStopped else { return }
        let connection = Connection(handle, settings: settings) { [weak self] event in
            self?.assumeIsolated { $0.handle(event) }
        }
        latest = connection
        thread.setPump { [weak self] wakeup, mayWait in
            self?.assumeIsolated { publisher in
                publisher.latest?.pump(wakeup, mayWait)
                publisher.sendWaiting()
            }
        }
        try await connection.call(.openChannel)
        try await connection.call(.selectConfirms)
        // Lost between the answer and here, where no event tells of it.
        if let failure = connection.failure { throw failure }
        self.connection = connection
        ledger.connected()
        maximumHeader = connection.maximumHeaderSize
        link.value = connection.isBlocked ? .blocked : .connected
        logger.info("Connected to the broker", metadata: ["amqp.address": "\(settings.address)"])
        sendWaiting()
    }
}
