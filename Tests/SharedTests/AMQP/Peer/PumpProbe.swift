import Synchronization

@testable import Shared

/// A ``Connection`` on a thread of its own whose events are written down as short texts.
actor PumpProbe {
    private let thread = ConnectionThread(name: "pump test")
    private var connection: Connection?
    private let (stream, continuation) = AsyncStream.makeStream(of: String.self)

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Runs `body` with an open connection and channel.
    static func with<Result: Sendable>(
        _ settings: BrokerSettings, _ body: (PumpProbe) async throws -> Result
    ) async throws -> Result {
        let probe = PumpProbe()
        try await probe.open(settings)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(probe))
        } catch {
            result = .failure(error)
        }
        await probe.end()
        return try result.get()
    }

    private func open(_ settings: BrokerSettings) async throws {
        let handle = try await Connector.open(settings, name: "probe")
        let connection = Connection(handle, settings: settings) { [continuation] event in
            continuation.yield(Self.describe(event))
        }
        self.connection = connection
        pump()
        try await connection.call(.openChannel)
    }

    private func pump() {
        thread.setPump { [weak self] wakeup, mayWait in
            self?.assumeIsolated { $0.connection?.pump(wakeup, mayWait) }
        }
    }

    /// Leaves the library alone, as a thread that gets no processor does.
    func pausePump() { thread.setPump(nil) }

    @discardableResult
    func call(_ command: BrokerCommand) async throws(BrokerError) -> BrokerReply {
        guard let connection else { throw BrokerError(.unavailable, "not open") }
        return try await connection.call(command)
    }

    func publish(_ publishing: Publishing) throws { try connection?.publish(publishing) }

    /// Drops the connection and ends the events.
    func end() {
        connection?.fail(BrokerError(.cancelled, "the test is over"))
        thread.setPump(nil)
        continuation.finish()
    }

    /// The next events, as many as asked for, or fewer when the last one tells of the end.
    func events(_ count: Int) async -> [String] {
        var events: [String] = []
        for await event in stream {
            events.append(event)
            if events.count == count || event.hasPrefix("closed") { break }
        }
        return events
    }

    /// Ends the connection and returns what had not been asked for.
    func rest() async -> [String] {
        end()
        var events: [String] = []
        for await event in stream { events.append(event) }
        return events
    }

    private static func describe(_ event: Connection.Event) -> String {
        switch event {
        case .delivery(let delivery):
            let body = String(decoding: delivery.body.prefix(40), as: UTF8.self)
            return "delivery \(delivery.tag) \(delivery.body.count) \(body)"
                + (delivery.properties.messageID.map { " id=\($0)" } ?? "")
        case .returned(let returned): return "returned \(returned.routingKey) \(returned.bodySize)"
        case .confirmed(let tag, let multiple): return "confirmed \(tag)\(multiple ? " and before" : "")"
        case .rejected(let tag, let multiple): return "rejected \(tag)\(multiple ? " and before" : "")"
        case .cancelled: return "cancelled"
        case .blocked(let reason): return "blocked \(reason)"
        case .unblocked: return "unblocked"
        case .closed(let error): return "closed \(error.code.metricLabel) \(error.replyCode ?? 0) \(error.message)"
        }
    }
}
