public import Logging

/// Publishes with confirms over a connection of its own, reconnecting as needed.
///
/// Publishings go out in the order of the calls, mandatory and persistent, at most ``Window`` unconfirmed at a time. What a
/// lost connection leaves unanswered is published again on the next one, in order, before anything newer: a queue may get a
/// message twice, never not at all.
///
/// **Isolation**: an actor on a thread of its own, shared with its connection. Call ``close()`` in the end, or it goes on
/// reconnecting.
public actor Publisher: BrokerPublisher {
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
    private let limits: Window
    private let patience: Duration?
    private let link = AtomicLinkState()

    /// Set once confirms are selected on it.
    private var connection: Connection?
    /// The same, from its beginning: the one to pump.
    private var latest: Connection?
    private var connecting: Task<Void, Never>?
    private var attempting: Task<Result<Void, BrokerError>, Never>?
    private var schedule: ReconnectSchedule
    private var hasBeenConnected = false
    private var isClosed = false

    private var unconfirmed = ConfirmWindow<PublisherEntry>()
    private var unconfirmedBytes = 0
    /// Not sent yet, oldest first.
    private var waiting = FIFO<PublisherEntry>()
    /// Refused by the broker, to be sent again after a pause.
    private var rejected: [PublisherEntry] = []
    private var retry: Task<Void, Never>?
    private var expiry: Task<Void, Never>?
    private var lastNumber: UInt64 = 0
    /// Until the first confirm on a connection only one publishing is under way: under an alarm the broker says so only
    /// after the first, and then reads nothing more.
    private var isProven = false
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
        limits = window
        var logger = logger
        logger[metadataKey: "amqp.connection"] = .string(name)
        self.logger = logger
        schedule = ReconnectSchedule(settings.reconnectDelays)
        thread = ConnectionThread(name: "amqp publish")
    }

    /// For readiness checks; costs nothing.
    public nonisolated var state: LinkState { link.value }

    /// Connects now instead of at the first publishing, once.
    ///
    /// - Throws: `unavailable`, `unauthorized`, `protocolViolation`, at once.
    public func connect() async throws(BrokerError) {
        guard connection == nil, !isClosed else { return }
        try await attempt()
    }

    public func publish(_ publishing: Publishing) async throws(BrokerError) {
        if isClosed { throw BrokerError(.cancelled, "the publisher is closed") }
        try publishing.checkSize(maximumHeader: maximumHeader)
        lastNumber += 1
        let entry = PublisherEntry(
            number: lastNumber, publishing: publishing, deadline: patience.map { ContinuousClock.now + $0 })
        let number = lastNumber
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                entry.continuation = continuation
                if Task.isCancelled {
                    entry.finish(.failure(Self.cancelled))
                    return
                }
                waiting.append(entry)
                sendWaiting()
                reconnectIfNeeded()
                scheduleExpiry()
            }
        } onCancel: {
            // Unstructured, as the handler is synchronous; only made when a caller is cancelled.
            Task { await self.cancel(number) }
        }
        try result.get()
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
        guard let connection else { throw BrokerError(.cancelled, "the publisher is closed") }
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
        if !isIdle {
            let timer = Task {
                try await Task.sleep(for: limit)
                self.giveUpWaiting()
            }
            await withCheckedContinuation { idleWaiters.append($0) }
            timer.cancel()
        }
        connecting?.cancel()
        retry?.cancel()
        expiry?.cancel()
        for entry in everything { entry.finish(.failure(BrokerError(.cancelled, "the publisher is closed"))) }
        waiting = FIFO()
        rejected = []
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
        while let connection, connection.isOpen, !connection.isBlocked, let entry = waiting.first {
            if entry.isFinished {
                waiting.removeFirst()
                continue
            }
            guard
                unconfirmed.isEmpty
                    || (isProven && unconfirmed.count < limits.publishings
                        && unconfirmedBytes + entry.size <= limits.bytes)
            else { return }
            do {
                try connection.publish(entry.publishing)
            } catch {
                // Stays first in line; the closed event has put the unconfirmed ones before it.
                return
            }
            // The read before the publish may have brought a block; the broker has this one all the same.
            waiting.removeFirst()
            unconfirmed.append(entry)
            unconfirmedBytes += entry.size
        }
    }

    private func handle(_ event: Connection.Event) {
        // A connection that ends while it is set up tells whoever sets it up.
        guard connection != nil else { return }
        switch event {
        case .confirmed(let tag, let multiple):
            isProven = true
            for (entry, isReturned) in settle(tag, multiple) {
                entry.finish(isReturned ? .failure(Self.unroutable(entry.publishing)) : .success(()))
            }
            resumeIfIdle()
        case .rejected(let tag, let multiple):
            isProven = true
            for (entry, isReturned) in settle(tag, multiple) where !entry.isFinished {
                if isReturned {
                    entry.finish(.failure(Self.unroutable(entry.publishing)))
                } else {
                    entry.rejections += 1
                    rejected.append(entry)
                }
            }
            if !rejected.isEmpty, refusalReminder.isDue {
                logger.notice("A queue is full; its publishings are tried again until there is room")
            }
            scheduleRetry()
            resumeIfIdle()
        case .returned(let returned):
            if !unconfirmed.markReturned(where: { $0.matches(returned) }) {
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

    private func settle(_ tag: UInt64, _ multiple: Bool) -> [(element: PublisherEntry, isReturned: Bool)] {
        let settled = unconfirmed.settle(tag: tag, multiple: multiple)
        for (entry, _) in settled { unconfirmedBytes -= entry.size }
        return settled
    }

    private func connectionClosed(_ error: BrokerError) {
        connection = nil
        let unanswered = unconfirmed.reset()
        unconfirmedBytes = 0
        if [.tooLarge, .topology, .unauthorized].contains(error.code) {
            // The broker closes the channel over one publishing; sent again it would do so for ever.
            var culprits = unanswered.filter { $0.isCulprit(of: error) }
            if culprits.isEmpty { culprits = Array(unanswered.prefix(1)) }
            for entry in culprits { entry.finish(.failure(error)) }
        }
        waiting.prepend(unanswered.filter { !$0.isFinished })
        resumeIfIdle()
        if isClosed, isIdle { return }
        link.value = .connecting
        logger.warning(
            "Connection to the broker lost",
            metadata: [
                "error.code": "\(error.code.metricLabel)", "error.detail": "\(error)",
                "amqp.unconfirmed": "\(unanswered.count)",
            ])
        reconnectIfNeeded(pausingAfter: error)
    }

    private func scheduleRetry() {
        guard retry == nil, let worst = rejected.map(\.rejections).max() else { return }
        let delay = min(.seconds(30), .milliseconds(50) * (1 << min(worst, 10))) * Double.random(in: 0.5...1)
        retry = Task { [weak self] in
            try? await Task.sleep(for: delay)
            await self?.retryRejected()
        }
    }

    private func retryRejected() {
        retry = nil
        waiting.prepend(rejected.filter { !$0.isFinished }.sorted { $0.number < $1.number })
        rejected = []
        sendWaiting()
    }

    // MARK: Waiting

    private var everything: [PublisherEntry] { unconfirmed.elements + rejected + waiting.elements }

    /// Whether nothing accepted is unanswered.
    private var isIdle: Bool { everything.allSatisfy(\.isFinished) }

    private func resumeIfIdle() {
        if !idleWaiters.isEmpty, isIdle { giveUpWaiting() }
    }

    private func giveUpWaiting() {
        for waiter in idleWaiters { waiter.resume() }
        idleWaiters = []
    }

    private func cancel(_ number: UInt64) {
        // One that is under way keeps its place in the window; only its caller goes.
        everything.first { $0.number == number }?.finish(.failure(Self.cancelled))
        resumeIfIdle()
    }

    private func scheduleExpiry() {
        guard patience != nil, expiry == nil,
            let next = everything.filter({ !$0.isFinished }).compactMap(\.deadline).min()
        else { return }
        expiry = Task { [weak self] in
            try? await Task.sleep(until: next, clock: .continuous)
            await self?.expire()
        }
    }

    private func expire() {
        expiry = nil
        let now = ContinuousClock.now
        for entry in everything where !entry.isFinished {
            guard let deadline = entry.deadline, deadline <= now else { continue }
            // What was refused before the broker went away does not wait for room any more.
            let error =
                entry.rejections > 0 && connection != nil
                ? BrokerError(.refused, "the broker refused the publishing \(entry.rejections) times")
                : BrokerError(
                    .unavailable,
                    connection?.isBlocked == true
                        ? "the broker at \(settings.address) takes no publishings: disk or memory alarm"
                        : "the broker at \(settings.address) did not confirm in time; see that it runs, then run this again"
                )
            entry.finish(.failure(error))
        }
        resumeIfIdle()
        scheduleExpiry()
    }

    private static let cancelled = BrokerError(.cancelled, "the caller was cancelled")

    private static func unroutable(_ publishing: Publishing) -> BrokerError {
        BrokerError(
            .unroutable, "no queue is bound to exchange '\(publishing.exchange)' for key '\(publishing.routingKey)'")
    }

    // MARK: Connecting

    private func reconnectIfNeeded(pausingAfter error: BrokerError? = nil) {
        guard connection == nil, connecting == nil else { return }
        // Outlives the caller whose publishing happened to start it; ended by close().
        connecting = Task { await reconnect(pausingAfter: error) }
    }

    private func reconnect(pausingAfter error: BrokerError?) async {
        var error = error
        while connection == nil, !Task.isCancelled {
            if let error { try? await Task.sleep(for: schedule.delay(after: error)) }
            guard connection == nil, !Task.isCancelled else { break }
            do throws(BrokerError) {
                try await attempt()
                break
            } catch let failure {
                error = failure
                if failure.code == .unauthorized, !hasBeenConnected {
                    for entry in waiting.elements { entry.finish(.failure(failure)) }
                    waiting = FIFO()
                    resumeIfIdle()
                    break
                }
                if schedule.isReminderDue(for: failure) {
                    logger.warning(
                        "Waiting for the broker",
                        metadata: ["error.code": "\(failure.code.metricLabel)", "error.detail": "\(failure)"])
                }
            }
        }
        connecting = nil
        // Lost again before this task had ended.
        if connection == nil, !Task.isCancelled, !waiting.isEmpty { reconnectIfNeeded(pausingAfter: error) }
    }

    /// One attempt, shared by all who want one.
    private func attempt() async throws(BrokerError) {
        if let attempting { return try await attempting.value.get() }
        let task = Task { () -> Result<Void, BrokerError> in
            do throws(BrokerError) {
                return .success(try await open())
            } catch {
                return .failure(error)
            }
        }
        attempting = task
        let result = await task.value
        attempting = nil
        try result.get()
    }

    private func open() async throws(BrokerError) {
        let handle = try await Connector.open(settings, name: name)
        // close() may have come meanwhile.
        guard !isClosed || !isIdle else { return }
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
        isProven = false
        maximumHeader = connection.maximumHeaderSize
        hasBeenConnected = true
        schedule.succeeded()
        link.value = connection.isBlocked ? .blocked : .connected
        logger.info("Connected to the broker", metadata: ["amqp.address": "\(settings.address)"])
        sendWaiting()
    }
}
