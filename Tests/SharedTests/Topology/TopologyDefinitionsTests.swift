import Foundation
import Testing

@testable import Shared

@Suite struct TopologyDefinitionsTests {
    private func text(prefix: String = "ohra") -> String {
        TopologyDefinitions(Topology(prefix: prefix), virtualHost: "ohra", includesUsers: true).text
    }

    @Test func deployedFileIsPrintedFromTheValue() throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let file = try String(contentsOf: root.appending(path: "deploy/rabbitmq/definitions.json"), encoding: .utf8)
        #expect(file == text(), "deploy/rabbitmq/definitions.json is not what the code says: run `make definitions`")
    }

    @Test func isJSONWithEverySection() throws {
        let json = try JSONElement(parsing: Array(text().utf8))
        for (section, count) in [
            ("vhosts", 1), ("users", 5), ("permissions", 5), ("policies", 11), ("exchanges", 1), ("queues", 11),
            ("bindings", 15),
        ] {
            #expect(json[section]?.array.map { Array($0).count } == count, "\(section)")
        }
    }

    @Test func queueTypeIsTheOnlyArgument() {
        for queue in Topology(prefix: "ohra").queues { #expect(Array(queue.arguments.keys) == ["x-queue-type"]) }
    }

    @Test func theOperatorsToolAsksAsTheUserThatItLogsInAs() {
        let topology = Topology(prefix: "a.b")
        func role(_ program: String, _ user: String) -> FleetRole? {
            FleetRole(program: program, user: user, of: topology)
        }
        #expect(role("ohra", "a.b-extractor") == .extractor && role("ohra", "a.b-operator") == .operator)
        #expect(role("ohra", "guest") == .operator && role("ohra", "ohra-loader") == .operator)
        #expect(role("loader", "a.b-extractor") == .loader && role("nobody", "a.b-loader") == nil)
    }

    @Test func nobodyHasARightThatHasNoAnchors() {
        let topology = Topology(prefix: "a.b")
        for role in FleetRole.allCases {
            let rights = topology.permissions(role)
            for expression in [rights.configure, rights.write, rights.read] {
                #expect(expression.hasPrefix("^") && expression.hasSuffix("$"))
            }
            if role != .topology, role != .extractor { #expect(rights.configure == "^$") }
        }
        #expect(
            topology.permissions(.extractor)
                == .init(configure: #"^a\.b\.lease\..+$"#, write: #"^(a\.b|a\.b\.documents)$"#, read: "^$"))
        #expect(topology.permissions(.loader).read == #"^a\.b\.vectors$"#)
        #expect(
            topology.permissions(.operator).read
                == #"^(a\.b\.documents\.dead|a\.b\.vectors\.dead|a\.b\.journal)$"#)
    }
}
