extension Topology {
    /// Settings of one queue, kept by the broker beside the queue, so that they can be changed without making it anew.
    public struct Policy: Sendable, Equatable {
        public let name: String
        public let pattern: String
        public let definition: [String: HeaderValue]
        public let priority: Int
        /// RabbitMQ 3.10 knows `queues`, `exchanges` and `all`; `quorum_queues` and `streams` came later.
        public let appliesTo: String
    }

    /// One policy for each queue, by the queue's name: just one policy applies to a queue, and no two queues want the same.
    public var policies: [Policy] { queues.map(policy) }

    func policy(for queue: Queue) -> Policy {
        Policy(
            name: queue.name, pattern: Self.expression([queue.name]), definition: queue.settings,
            // Above the catch-all policies that brokers tend to have.
            priority: 100, appliesTo: "queues")
    }
}

extension Topology.Policy {
    /// The body that the management interface takes.
    var body: [UInt8] {
        var writer = JSONWriter()
        writer.object { writePlain(to: &$0) }
        return writer.bytes
    }

    /// Everything but the name.
    func writePlain(to writer: inout JSONWriter) {
        writer.member("pattern", pattern)
        writer.member("apply-to", appliesTo)
        writer.member("priority", priority)
        writer.member("definition", definition)
    }

    /// As the management interface lists it; nil when something is missing.
    init?(_ element: JSONElement) {
        guard let name = element["name"]?.string, let pattern = element["pattern"]?.string,
            let appliesTo = element["apply-to"]?.string, let definition = element["definition"]
        else { return nil }
        self.init(
            name: name, pattern: pattern, definition: .init(definition), priority: element["priority"]?.int ?? 0,
            appliesTo: appliesTo)
    }
}
