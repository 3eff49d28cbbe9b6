/// One difference between a broker and the topology it should have.
public struct TopologyFinding: Sendable, Equatable, CustomStringConvertible {
    /// For example `queue ohra.documents`.
    public let thing: String
    public let problem: String
    public let remedy: String
    /// Whether the thing exists and would have to be deleted first, which no command here does.
    public let isConflict: Bool

    public var description: String { "\(thing) \(problem): \(remedy)" }

    static func missing(_ thing: String) -> TopologyFinding {
        TopologyFinding(thing: thing, problem: "is missing", remedy: "run `ohra topology apply`", isConflict: false)
    }

    static func stale(_ thing: String, _ problem: String, remedy: String = "run `ohra topology apply`")
        -> TopologyFinding
    {
        TopologyFinding(thing: thing, problem: problem, remedy: remedy, isConflict: false)
    }

    static func conflict(_ thing: String, _ problem: String) -> TopologyFinding {
        TopologyFinding(
            thing: thing, problem: problem,
            remedy: "empty and delete it yourself, then run `ohra topology apply`; or set another OHRA_AMQP_PREFIX",
            isConflict: true)
    }
}

extension Topology {
    /// How `snapshot` differs from this topology.
    ///
    /// A queue that carries all its settings as arguments is as good as one with the policy.
    public func findings(in snapshot: TopologySnapshot) -> [TopologyFinding] {
        var findings: [TopologyFinding] = []
        if let found = snapshot.exchange {
            if found.type != "direct" || !found.isDurable {
                let kind = "\(found.isDurable ? "durable" : "transient") \(found.type)"
                findings.append(.conflict("exchange \(exchange)", "is \(kind), expected durable direct"))
            }
        } else {
            findings.append(.missing("exchange \(exchange)"))
        }
        for queue in queues {
            let found = snapshot.queues[queue.name]
            findings += found.map { self.findings($0, for: queue) } ?? [.missing("queue \(queue.name)")]
            if found?.arguments != queue.fullArguments {
                findings += self.findings(snapshot.policies[queue.name], for: policy(for: queue))
            }
            for key in queue.routingKeys
            where !snapshot.bindings.contains(.init(queue: queue.name, routingKey: key)) {
                findings.append(.missing("binding \(exchange) → \(queue.name) by \(key)"))
            }
        }
        return findings
    }

    private func findings(_ found: TopologySnapshot.Queue, for queue: Queue) -> [TopologyFinding] {
        let thing = "queue \(queue.name)"
        guard found.isDurable else { return [.conflict(thing, "is transient, expected durable")] }
        if found.arguments == queue.fullArguments { return [] }
        guard found.arguments == queue.arguments else {
            return [
                .conflict(thing, "has other arguments (\(Self.differences(found.arguments, queue.arguments)))")
            ]
        }
        // The policy itself is missing or never applied before the queue was: told as the policy's finding.
        guard let policy = found.policy else { return [] }
        guard policy != queue.name else { return [] }
        return [
            .stale(
                thing, "gets its settings from the policy \(policy), expected \(queue.name)",
                remedy: "run `ohra topology apply`; if it stays so, lower that policy's priority below 100")
        ]
    }

    private func findings(_ found: Policy?, for policy: Policy) -> [TopologyFinding] {
        let thing = "policy \(policy.name)"
        guard let found else { return [.missing(thing)] }
        var problems: [String] = []
        if found.pattern != policy.pattern { problems.append("pattern \(found.pattern), expected \(policy.pattern)") }
        if found.appliesTo != policy.appliesTo {
            problems.append("apply-to \(found.appliesTo), expected \(policy.appliesTo)")
        }
        if found.priority != policy.priority {
            problems.append("priority \(found.priority), expected \(policy.priority)")
        }
        if found.definition != policy.definition {
            problems.append(Self.differences(found.definition, policy.definition))
        }
        return problems.isEmpty ? [] : [.stale(thing, "differs (\(problems.joined(separator: "; ")))")]
    }

    /// `key found, expected value` for each key that differs.
    private static func differences(_ found: [String: HeaderValue], _ expected: [String: HeaderValue]) -> String {
        Set(found.keys).union(expected.keys).sorted().filter { found[$0] != expected[$0] }
            .map { "\($0) \(text(found[$0])), expected \(text(expected[$0]))" }.joined(separator: "; ")
    }

    private static func text(_ value: HeaderValue?) -> String {
        switch value {
        case nil: "none"
        case .string(let text): text.logSafe(limit: 100)
        case .int(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        default: "something else"
        }
    }
}
