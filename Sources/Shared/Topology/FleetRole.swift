/// What a program does at the broker: one user each, with no right that it does not need.
public enum FleetRole: String, Sendable, CaseIterable {
    /// Sets the topology up; no worker runs as this.
    case topology
    case extractor
    case transformer
    case loader
    /// Looks at dead letters and the journal and publishes again.
    case `operator`

    /// The role of a program by its name; the operator's tool is `ohra`.
    init?(program: String) {
        self.init(rawValue: program == "ohra" ? "operator" : program)
    }

    /// The role whose rights a program has. The operator's tool may log in as any of the users, to see what each may do; a
    /// worker has to do its own work, whoever it is.
    init?(program: String, user: String, of topology: Topology) {
        let roleOfUser = program == "ohra" ? Self.allCases.first { topology.user($0) == user } : nil
        guard let role = roleOfUser ?? Self(program: program) else { return nil }
        self = role
    }

    /// What the management interface lets the user do. Policies need `policymaker`; workers need no access at all.
    var tags: String { self == .topology ? "policymaker" : "" }
}

extension Topology {
    /// Three regular expressions over names of exchanges and queues, as RabbitMQ keeps them for a user in a virtual host.
    public struct Permissions: Sendable, Equatable {
        public let configure: String
        public let write: String
        public let read: String

        static let nothing = "^$"
    }

    /// Name of the role's user, for example `ohra-loader`. The prefix keeps fleets on one broker apart: users are shared by
    /// all virtual hosts.
    public func user(_ role: FleetRole) -> String { "\(prefix)-\(role.rawValue)" }

    /// The rights of a role's user.
    ///
    /// Everything is published to the one exchange, also retries and dead letters, never to the default exchange. RabbitMQ
    /// checks no routing keys at direct exchanges: a publisher can reach every queue of the fleet, and no other.
    public func permissions(_ role: FleetRole) -> Permissions {
        switch role {
        case .topology:
            // A binding asks for `write` at the queue and `read` at the exchange.
            return Permissions(
                configure: everything, write: "^\(Self.escaped(prefix))\\..+$", read: Self.expression([exchange]))
        case .extractor, .transformer, .loader, .operator:
            // From 4.3.1 on, RabbitMQ shows a queue only to those with some right to it. To write to it is of no other use:
            // a binding, for which it is meant, also takes the right to read the exchange. Reading includes purging.
            return Permissions(
                // Leases are queues that the extractor declares, and the only ones.
                configure: role == .extractor ? "^\(Self.escaped(leaseQueue(""))).+$" : Permissions.nothing,
                write: role == .operator ? everything : Self.expression([exchange] + queues(fedBy: role)),
                read: Self.expression(queues(readBy: role)))
        }
    }

    /// The queues that a role makes sure of after publishing to them.
    func queues(fedBy role: FleetRole) -> [String] {
        switch role {
        case .extractor: [workQueue(.documents)]
        case .transformer: [workQueue(.vectors)]
        case .loader, .topology, .operator: []
        }
    }

    private var everything: String { "^\(Self.escaped(prefix))(\\..+)?$" }

    /// The queues that a role consumes.
    func queues(readBy role: FleetRole) -> [String] {
        switch role {
        case .topology, .extractor: []
        case .transformer: [workQueue(.documents)]
        case .loader: [workQueue(.vectors)]
        case .operator: Stage.allCases.map(deadQueue) + [journal]
        }
    }

    /// A regular expression that matches these names and nothing else. RabbitMQ's own matching is not anchored.
    static func expression(_ names: [String]) -> String {
        guard !names.isEmpty else { return "^$" }
        let escaped = names.map(escaped)
        return escaped.count == 1 ? "^\(escaped[0])$" : "^(\(escaped.joined(separator: "|")))$"
    }

    /// Names hold letters, digits, `_`, `-` and dots; of these only the dot means something in an expression.
    static func escaped(_ name: String) -> String {
        name.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "\\.")
    }
}
