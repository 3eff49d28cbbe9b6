import Logging
import Shared
import Testing

/// `ohra topology` and what programs do at start, on a real broker.
@Suite(.serialized, .timeLimit(.minutes(3))) struct TopologyCommandTests {
    @Test func whatIsMissingIsNamedAndCreated() async throws {
        try await FreshVirtualHost.with { host in
            #expect(try await host.run("ohra", "topology", "apply").status == 0)
            let gone = host.topology.retryQueue(.vectors, .fiveMinutes)
            _ = try await BrokerConnection.with(host.settings, name: "test") { connection throws(BrokerError) in
                try await connection.deleteQueue(gone)
            }
            let verified = try await host.run("ohra", "topology", "verify")
            #expect(verified.status == 78)
            #expect(verified.stdout.contains("queue \(gone)") && verified.stdout.contains("ohra topology apply"))
            let worker = try await host.run("loader", "--drain", with: ["OHRA_AMQP_DECLARE": "false"])
            #expect(worker.status == 78 && worker.stderr.contains(gone), "\(worker.complaint)")
            #expect(try await host.run("ohra", "topology", "apply").status == 0)
            #expect(try await host.run("ohra", "topology", "verify").status == 0)
        }
    }

    @Test func queueWithOtherArgumentsIsNamedAndKept() async throws {
        try await FreshVirtualHost.with { host in
            let queue = host.topology.workQueue(.vectors)
            _ = try await BrokerConnection.with(host.settings, name: "test") { connection throws(BrokerError) in
                try await connection.declareQueue(
                    queue, arguments: ["x-queue-type": .string("quorum"), "x-max-length": .int(5)])
            }
            for arguments in [["ohra", "topology", "apply"], ["loader", "--drain"]] {
                let output = try await ProgramRun(
                    arguments[0], Array(arguments.dropFirst()), variables: host.variables
                ).output()
                #expect(output.status == 78, "\(output.complaint)")
                #expect(output.stderr.contains("queue \(queue) has other arguments"), "\(output.complaint)")
                #expect(output.stderr.contains("x-max-length 5, expected none"))
            }
            // Still there, and nothing was put beside or upon it.
            let snapshot = try await host.management.snapshot(of: host.topology)
            let problems = host.topology.findings(in: snapshot)
            #expect(problems.count { $0.isConflict } == 1)
            #expect(problems.count { !$0.isConflict } == 1 + 10 + 11 + 15)
        }
    }

    @Test func withoutManagementTheSettingsAreArguments() async throws {
        try await FreshVirtualHost.with { host in
            let worker = try await host.run(
                "loader", "--drain", "--idle", "0.5", with: ["OHRA_AMQP_MANAGEMENT_URL": "http://127.0.0.1:1"])
            #expect(worker.status == 0, "\(worker.complaint)")
            #expect(worker.stderr.split(separator: "\n").count { $0.contains("settings as arguments") } == 1)
            let verified = try await host.run("ohra", "topology", "verify")
            #expect(verified.status == 0, "\(verified.stdout)")
        }
    }

    /// The broker's own limit of deliveries, dead-letter exchange and key, all of them by policy.
    @Test func policiesReallyWork() async throws {
        try await FreshVirtualHost.with { host in
            #expect(try await host.run("ohra", "topology", "apply").status == 0)
            let (topology, logger) = (host.topology, Logger(label: "e2e"))
            let publisher = Publisher(settings: host.settings, name: "test", patience: .seconds(10), logger: logger)
            try await publisher.publish(
                Publishing(
                    exchange: topology.exchange, routingKey: topology.workKey(.documents),
                    properties: MessageProperties(messageID: "1", type: "test"), body: [1, 2, 3]))
            let work = Consumer(
                settings: host.settings, queue: topology.workQueue(.documents), prefetch: 1, name: "test",
                logger: logger)
            let dead = Consumer(
                settings: host.settings, queue: topology.deadQueue(.documents), prefetch: 1, name: "test dead",
                logger: logger)
            let crashing = Task {
                var count = 0
                for try await delivery in work.deliveries {
                    count += 1
                    await work.settle(delivery, .requeue)
                }
                return count
            }
            var bodies: [[UInt8]] = []
            for try await delivery in dead.deliveries {
                bodies.append(delivery.body)
                await dead.settle(delivery, .acknowledge)
                break
            }
            await work.close()
            #expect(bodies == [[1, 2, 3]])
            // The first delivery and twenty more.
            #expect(try await crashing.value == 21)
            await dead.close()
            await publisher.close()
        }
    }
}
