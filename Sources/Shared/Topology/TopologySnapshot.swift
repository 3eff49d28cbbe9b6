/// What a broker has of a topology, as its management interface tells it.
public struct TopologySnapshot: Sendable {
    struct Queue: Sendable, Equatable {
        var isDurable = true
        var arguments: [String: HeaderValue]
        /// The one policy that applies.
        var policy: String?
    }

    struct Binding: Sendable, Hashable {
        let queue: String
        let routingKey: String
    }

    /// Type and durability, nil when there is no such exchange.
    var exchange: (type: String, isDurable: Bool)?
    var queues: [String: Queue] = [:]
    var bindings: Set<Binding> = []
    var policies: [String: Topology.Policy] = [:]

    init() {}

    init(exchange: JSONElement?, queues: [JSONElement], bindings: [JSONElement], policies: [JSONElement]) {
        self.exchange = exchange.map { ($0["type"]?.string ?? "", $0["durable"]?.bool ?? false) }
        for queue in queues {
            guard let name = queue["name"]?.string else { continue }
            self.queues[name] = Queue(
                isDurable: queue["durable"]?.bool ?? false,
                arguments: queue["arguments"].map { [String: HeaderValue]($0) } ?? [:],
                policy: queue["policy"]?.string.flatMap { $0.isEmpty ? nil : $0 })
        }
        for binding in bindings where binding["destination_type"]?.string == "queue" {
            self.bindings.insert(
                Binding(
                    queue: binding["destination"]?.string ?? "", routingKey: binding["routing_key"]?.string ?? ""))
        }
        for policy in policies.compactMap({ Topology.Policy($0) }) { self.policies[policy.name] = policy }
    }
}
