/// Opens connections on a thread that is there for nothing else, so that a broker that does not answer holds up nobody.
actor Connector {
    private let thread = ConnectionThread(name: "amqp connect")

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Throws: `unavailable`, `unauthorized`, `protocolViolation`.
    static func open(_ settings: BrokerSettings, name: String) async throws(BrokerError) -> sending ConnectionHandle {
        try await Connector().open(settings, name: name)
    }

    private func open(_ settings: BrokerSettings, name: String) throws(BrokerError) -> sending ConnectionHandle {
        try ConnectionHandle.open(settings, name: name)
    }
}
