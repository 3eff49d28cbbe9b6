import Logging

/// The owner of a connection that a ``Reconnector`` keeps up.
protocol Reconnecting: Actor {
    /// Whether the connection is set up and not known to be lost.
    var isConnected: Bool { get }

    /// One attempt: connects and sets up. Returns without a connection only once the reconnector is stopped.
    func open() async throws(BrokerError)

    /// Nobody is to wait for the broker any more: it refuses credentials that have never worked.
    func giveUp(_ error: BrokerError)
}

/// Connects again and again, for ``Publisher`` and ``Consumer``: pauses that grow and are jittered, one log line a minute.
///
/// **Isolation**: belongs to its owner, on whose actor everything runs; not `Sendable`. Reconnecting belongs to no caller: it
/// outlives the one who happened to start it and is ended by ``stop()``.
final class Reconnector<Owner: Reconnecting> {
    private let logger: Logger
    private var schedule: ReconnectSchedule
    /// Why there is no connection, where the next attempt is to be put off for it.
    private var fault: BrokerError?
    private var running: Task<Void, Never>?
    private var attempting: Task<Result<Void, BrokerError>, Never>?
    private var hasBeenConnected = false
    private(set) var isStopped = false

    init(_ delays: ClosedRange<Duration>, logger: Logger) {
        schedule = ReconnectSchedule(delays)
        self.logger = logger
    }

    /// One attempt at once, shared by all who want one.
    ///
    /// - Throws: what ``Reconnecting/open()`` throws.
    func attempt(for owner: isolated Owner) async throws(BrokerError) {
        let attempt = attempting ?? Task { await open(for: owner) }
        attempting = attempt
        try await attempt.value.get()
    }

    /// Has the owner connected, unless it is or somebody is at it.
    ///
    /// - Parameter error: the loss to pause after; nil to try at once.
    func start(after error: BrokerError? = nil, for owner: isolated Owner) {
        guard running == nil else {
            // Lost again before the task that connected it has ended.
            if let error { fault = error }
            return
        }
        guard !isStopped, !owner.isConnected else { return }
        fault = error
        running = Task { await run(for: owner) }
    }

    /// Ends a pause at once. An attempt that is under way goes on, to be told by ``isStopped``.
    func stop() {
        isStopped = true
        running?.cancel()
    }

    private func run(for owner: isolated Owner) async {
        defer { running = nil }
        while !owner.isConnected, !isStopped {
            if let fault {
                // Cancelled by stop() only.
                try? await Task.sleep(for: schedule.delay(after: fault))
                guard !owner.isConnected, !isStopped else { return }
            }
            fault = nil
            do throws(BrokerError) {
                try await attempt(for: owner)
            } catch {
                fault = error
                if error.code == .unauthorized, !hasBeenConnected { return owner.giveUp(error) }
                if schedule.isReminderDue(for: error) {
                    logger.warning(
                        error.code == .topology ? "Waiting for the queue" : "Waiting for the broker",
                        metadata: error.logMetadata)
                }
            }
        }
    }

    private func open(for owner: isolated Owner) async -> Result<Void, BrokerError> {
        defer { attempting = nil }
        do throws(BrokerError) {
            try await owner.open()
        } catch {
            return .failure(error)
        }
        hasBeenConnected = true
        schedule.succeeded()
        return .success(())
    }
}

extension BrokerError {
    var logMetadata: Logger.Metadata {
        [LogKey.errorCode: "\(code.metricLabel)", LogKey.errorDetail: "\(self)"]
    }
}
