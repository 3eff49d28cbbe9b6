/// The topology as RabbitMQ's definitions JSON (https://www.rabbitmq.com/docs/definitions), the same text every time.
///
/// One line for each thing, so that a change is one line of a diff. Password hashes are empty: such a user cannot log in
/// until `ohra topology apply --users` has given it a password.
public struct TopologyDefinitions: Sendable {
    private let topology: Topology
    private let virtualHost: String
    private let includesUsers: Bool

    public init(_ topology: Topology, virtualHost: String, includesUsers: Bool) {
        self.topology = topology
        self.virtualHost = virtualHost
        self.includesUsers = includesUsers
    }

    /// Ends with a line break.
    public var text: String {
        let sections = (includesUsers ? userSections : []) + topologySections
        let parts = sections.map { name, lines in
            "  \"\(name)\": [\n" + lines.map { "    " + $0 }.joined(separator: ",\n") + "\n  ]"
        }
        return "{\n" + parts.joined(separator: ",\n") + "\n}\n"
    }

    private var userSections: [(String, [String])] {
        [
            ("vhosts", [line { $0.member("name", virtualHost) }]),
            (
                "users",
                FleetRole.allCases.map { role in
                    line { writer in
                        writer.member("name", topology.user(role))
                        writer.member("password_hash", "")
                        writer.member("hashing_algorithm", "rabbit_password_hashing_sha256")
                        writer.member("tags", role.tags)
                    }
                }
            ),
            (
                "permissions",
                FleetRole.allCases.map { role in
                    line { writer in
                        writer.member("user", topology.user(role))
                        writer.member("vhost", virtualHost)
                        topology.permissions(role).write(to: &writer)
                    }
                }
            ),
        ]
    }

    private var topologySections: [(String, [String])] {
        [
            (
                "policies",
                topology.policies.map { policy in
                    line { writer in
                        writer.member("vhost", virtualHost)
                        writer.member("name", policy.name)
                        policy.writePlain(to: &writer)
                    }
                }
            ),
            ("exchanges", [exchange]),
            ("queues", topology.queues.map(queue)),
            ("bindings", topology.queues.flatMap { queue in queue.routingKeys.map { binding(queue.name, $0) } }),
        ]
    }

    private var exchange: String {
        line { writer in
            writer.member("vhost", virtualHost)
            writer.member("name", topology.exchange)
            writer.member("type", "direct")
            writer.member("durable", true)
            writer.member("auto_delete", false)
            writer.member("internal", false)
            writer.member("arguments", [:])
        }
    }

    private func queue(_ queue: Topology.Queue) -> String {
        line { writer in
            writer.member("vhost", virtualHost)
            writer.member("name", queue.name)
            writer.member("durable", true)
            writer.member("auto_delete", false)
            writer.member("arguments", queue.arguments)
        }
    }

    private func binding(_ queue: String, _ key: String) -> String {
        line { writer in
            writer.member("vhost", virtualHost)
            writer.member("source", topology.exchange)
            writer.member("destination", queue)
            writer.member("destination_type", "queue")
            writer.member("routing_key", key)
            writer.member("arguments", [:])
        }
    }

    private func line(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.object(body)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension Topology.Permissions {
    /// The three members, as definitions and the management interface have them.
    func write(to writer: inout JSONWriter) {
        writer.member("configure", configure)
        writer.member("write", write)
        writer.member("read", read)
    }
}
