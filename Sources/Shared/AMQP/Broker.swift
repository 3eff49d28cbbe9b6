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
        topology = Topology(prefix: settings.prefix)
    }

    /// `transformer@host:123 publish`, as the broker's list of connections shows it.
    public func connectionName(_ purpose: String) -> String {
        "\(program.name)@\(HostName.current):\(getpid()) \(purpose)"
    }

    /// Declares the topology where the settings say so, verifies it otherwise.
    public func prepare() async throws(BrokerError) {
        let (topology, declares) = (topology, settings.declaresTopology)
        try await BrokerConnection.with(settings, name: connectionName("topology")) { connection throws(BrokerError) in
            if declares {
                try await topology.declare(over: connection)
            } else {
                try await topology.verify(over: connection)
            }
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
