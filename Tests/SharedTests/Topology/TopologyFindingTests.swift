import Testing

@testable import Shared

@Suite struct TopologyFindingTests {
    private let topology = Topology(prefix: "ohra")

    private var complete: TopologySnapshot {
        var snapshot = TopologySnapshot()
        snapshot.exchange = ("direct", true)
        for queue in topology.queues {
            snapshot.queues[queue.name] = .init(arguments: queue.arguments, policy: queue.name)
            for key in queue.routingKeys { snapshot.bindings.insert(.init(queue: queue.name, routingKey: key)) }
        }
        for policy in topology.policies { snapshot.policies[policy.name] = policy }
        return snapshot
    }

    @Test func completeBrokerHasNone() { #expect(topology.findings(in: complete).isEmpty) }

    @Test func emptyBrokerLacksEverything() {
        let findings = topology.findings(in: TopologySnapshot())
        #expect(findings.count == 1 + 11 + 11 + 15)
        #expect(findings.allSatisfy { $0.problem == "is missing" && !$0.isConflict })
    }

    @Test func settingsAsArgumentsNeedNoPolicy() {
        var snapshot = complete
        snapshot.policies = [:]
        for queue in topology.queues { snapshot.queues[queue.name] = .init(arguments: queue.fullArguments) }
        #expect(topology.findings(in: snapshot).isEmpty)
    }

    @Test func otherArgumentsAreAConflictThatNamesThem() throws {
        var snapshot = complete
        snapshot.queues["ohra.vectors"]?.arguments["x-max-length"] = .int(5)
        let finding = try #require(topology.findings(in: snapshot).first)
        #expect(finding.isConflict && finding.thing == "queue ohra.vectors")
        #expect(finding.problem.contains("x-max-length 5, expected none"))
    }

    @Test func exchangeOfAnotherTypeIsAConflict() {
        var snapshot = complete
        snapshot.exchange = ("topic", true)
        #expect(topology.findings(in: snapshot).map(\.isConflict) == [true])
    }

    @Test func foreignPolicyIsNamed() {
        var snapshot = complete
        snapshot.queues["ohra.documents"]?.policy = "catch-all"
        #expect(topology.findings(in: snapshot).map(\.thing) == ["queue ohra.documents"])
        #expect(topology.findings(in: snapshot).first?.problem.contains("catch-all") == true)
    }

    @Test func changedPolicySaysWhatDiffers() {
        var snapshot = complete
        let policy = topology.policies[4]
        snapshot.policies[policy.name] = .init(
            name: policy.name, pattern: policy.pattern,
            definition: policy.definition.merging(["delivery-limit": .int(3)]) { $1 }, priority: 1,
            appliesTo: policy.appliesTo)
        let findings = topology.findings(in: snapshot)
        #expect(findings.map(\.thing) == ["policy ohra.documents"])
        #expect(findings.first?.problem == "differs (priority 1, expected 100; delivery-limit 3, expected 20)")
    }

    @Test func passwordsAreReadAndFaultsHaveNoText() {
        var faults: [String] = []
        let good = TopologyPasswords.parse("# x\nloader=a=b\n\nextractor=c\r\n") { faults.append($0) }
        #expect(faults.isEmpty && good[.loader]?.reveal() == "a=b" && good[.extractor]?.reveal() == "c")
        _ = TopologyPasswords.parse("loader=a\nloader=canary-1\ncanary-2\nnobody=canary-3\ntopology=") {
            faults.append($0)
        }
        #expect(faults.count == 4)
        #expect(!faults.joined().contains("canary"))
    }
}
