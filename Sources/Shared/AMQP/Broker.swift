import Glibc
import Logging

/// The broker as one program sees it: its settings, its topology, and connections with a telling name.
public struct Broker: Sendable {
    public let settings: BrokerSettings
    public let topology: Topology
    private let program: Program

    public init(_ settings: BrokerSettings, for program: Program) {
        self.settings = settings
        self.program = program
        topology = Topology(prefix: settings.prefix, retention: settings.journal)
    }

    /// `transformer@host:123 publish`, as the broker's list of connections shows it.
    public func connectionName(_ purpose: String) -> String {
        "\(program.name)@\(HostName.current):\(getpid()) \(purpose)"
    }

    /// Checks that exchange and queues are there; creates what is missing where the settings say so.
    ///
    /// One round of questions when all is well; the management interface is asked only when something is missing.
    ///
    /// - Throws: `topology` naming what is missing, or exists in another form.
    public func prepare() async throws(BrokerError) {
        do {
            try await verify()
        } catch  where error.replyCode == 404 {
            guard settings.declaresTopology else {
                throw BrokerError(
                    error.code, "\(error); run `ohra topology apply`, or set OHRA_AMQP_DECLARE=true", replyCode: 404)
            }
            try await TopologySetup(self, transport: managementTransport()).applyAnyhow(program.logger)
        }
    }

    /// For the management interface: over `https` it trusts the authority that the broker itself is trusted by.
    public func managementTransport() -> CurlTransport {
        CurlTransport(options: CurlTransport.Options(certificateAuthorityFile: settings.certificateAuthorityFile))
    }

    private func verify() async throws(BrokerError) {
        let topology = topology
        let role = FleetRole(program: program.name, user: settings.user, of: topology)
        try await BrokerConnection.with(settings, name: connectionName("topology")) { connection throws(BrokerError) in
            try await topology.verify(over: connection, as: role)
        }
    }

    /// - Parameter patience: nil waits for the broker for ever.
    public func publisher(patience: Duration? = nil) -> Publisher {
        Publisher(
            settings: settings, name: connectionName("publish"), patience: patience, logger: program.logger)
    }

    public func consumer(of stage: Topology.Stage, prefetch: Int) -> Consumer {
        Consumer(
            settings: settings, queue: topology.workQueue(stage), prefetch: prefetch, name: connectionName("consume"),
            logger: program.logger)
    }
}
