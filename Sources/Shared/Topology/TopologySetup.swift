import Logging

/// Brings a broker to a topology: policies first, as a queue takes some of its settings only when it is made (a delivery
/// limit set later has no effect before RabbitMQ 4.3).
public struct TopologySetup: Sendable {
    /// What to do with policies that are there already.
    public enum Policies: Sendable {
        /// Set every one that differs.
        case all
        /// Leave those that exist: an operator may have tuned them.
        case missing
    }

    private let topology: Topology
    private let settings: BrokerSettings
    private let management: ManagementClient
    private let connectionName: String

    public init(_ broker: Broker, transport: any HTTPTransport) {
        topology = broker.topology
        settings = broker.settings
        management = ManagementClient(settings: broker.settings, transport: transport)
        connectionName = broker.connectionName("topology")
    }

    /// How the broker differs from the topology.
    public func findings() async throws(BrokerError) -> [TopologyFinding] {
        topology.findings(in: try await management.snapshot(of: topology))
    }

    /// Sets policies and creates what is missing. May be repeated; changes nothing at all when something exists that is
    /// declared in another way.
    ///
    /// - Throws: `topology` with every such thing by name.
    public func apply(_ policies: Policies) async throws(BrokerError) {
        let snapshot = try await management.snapshot(of: topology)
        let conflicts = topology.findings(in: snapshot).filter(\.isConflict)
        if !conflicts.isEmpty {
            throw BrokerError(.topology, conflicts.map(\.description).joined(separator: "\n"))
        }
        for queue in topology.queues where snapshot.queues[queue.name]?.arguments != queue.fullArguments {
            let policy = topology.policy(for: queue)
            let found = snapshot.policies[policy.name]
            if found == nil || policies == .all && found != policy { try await management.put(policy) }
        }
        let (topology, existing) = (topology, Set(snapshot.queues.keys))
        try await BrokerConnection.with(settings, name: connectionName) { connection throws(BrokerError) in
            try await topology.declare(over: connection, except: existing)
        }
    }

    /// The same where the management interface may be out of reach; then the queues get their settings as arguments.
    func applyAnyhow(_ logger: Logger) async throws(BrokerError) {
        do {
            return try await apply(.missing)
        } catch  where error.code == .unavailable || error.code == .unauthorized {
            logger.warning(
                "No policies can be set: declaring the queues with their settings as arguments, which cannot be changed later",
                metadata: [LogKey.errorDetail: "\(error)"])
        }
        let topology = topology
        try await BrokerConnection.with(settings, name: connectionName) { connection throws(BrokerError) in
            try await topology.declare(over: connection, settingsAsArguments: true)
        }
    }

    /// Gives users their passwords and rights.
    public func apply(_ passwords: TopologyPasswords) async throws(BrokerError) {
        for (role, password) in passwords.secrets.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try await management.put(
                user: topology.user(role), password: password, tags: role.tags,
                permissions: topology.permissions(role))
        }
    }
}
