import Foundation
import Shared
import TestSupport
import Testing

/// The broker fails in every way it can while the programs work; afterwards the ledger balances.
@Suite(.serialized, .timeLimit(.minutes(5)), .privateBroker) struct BrokerFaultTests {
    private let broker: PrivateBroker

    init() throws { broker = try #require(PrivateBroker.current) }

    @Test func closedConnections() async throws {
        try await FaultScene.with(count: 300, broker.variables) { scene in
            try await scene.loadDuring { try broker.closeConnections() }
        }
    }

    @Test func stopAndStart() async throws {
        try await FaultScene.with(count: 300, broker.variables) { scene in
            try await scene.loadDuring {
                try broker.control("stop_app")
            } recover: {
                try broker.control("start_app")
            }
        }
    }

    @Test func killedAndStarted() async throws {
        try await FaultScene.with(count: 300, broker.variables) { scene in
            // RabbitMQ 3.10 writes the declaration of a quorum queue with a delay and tells nobody when it is on disk: killed
            // before that, the queue is dead for good. The wait can only be bounded by time.
            try await Task.sleep(for: .seconds(4))
            try await scene.loadDuring {
                try broker.kill()
            } recover: {
                try broker.start()
            }
        }
    }

    /// Six heartbeats: every client must have given its connection up and found that no new one can be made. Workers wait;
    /// what runs to an end gives up after a minute.
    @Test func frozenForAMinute() async throws {
        // A failure must not leave the broker frozen under the other tests.
        defer { try? broker.thaw() }
        try await FaultScene.with(count: 300, broker.variables) { scene in
            let drain = try scene.fleet.start("loader", ["--drain", "--idle", "3600"])
            try await drain.waitForStandardError(containing: "Consuming")
            let load = try await scene.strike(broker.freeze, undo: broker.thaw)
            let frozen = ContinuousClock.now
            for output in [try await load.extractor.output(), try await drain.output()] {
                #expect(output.status == 69, "\(output.complaint)")
                #expect(
                    output.stderr.split(separator: "\n").last?.contains("the broker at") == true, "\(output.complaint)")
            }
            try await Task.sleep(until: frozen + .seconds(60))
            try await scene.expectLosses(since: load)
            for worker in scene.workers { #expect(worker.isRunning) }
            try broker.thaw()
            load.link.end()

            try await scene.load()
            try await scene.expectBalance(since: load.began, "after the thaw")
        }
    }

    /// The journal takes what the extractor publishes, and the broker confirms it: the extractor has to find out itself.
    @Test func queueDeletedUnderTheExtractor() async throws {
        try await FaultScene.with(count: 300, broker.variables) { scene in
            let (fleet, queue) = (scene.fleet, scene.fleet.topology.workQueue(.documents))
            try shorten(".documents", of: fleet)
            for transformer in scene.transformers { transformer.signal(SIGSTOP) }
            let began = FaultScene.now
            let extractor = try scene.extract()
            try await extractor.waitForStandardError(containing: "A queue is full")
            try broker.control("delete_queue", queue)
            let output = try await extractor.output()
            #expect(output.status == 78, "\(output.complaint)")
            #expect(output.stderr.contains("queue \(queue) is gone: run `ohra topology apply`"), "\(output.complaint)")
            for transformer in scene.transformers { transformer.signal(SIGCONT) }
            for transformer in scene.transformers {
                try await transformer.waitForStandardError(containing: "Waiting for the queue")
            }
            #expect(try await scene.loaded(since: began) < scene.documents.count, "the ledger should show a gap")

            try await fleet.run("ohra", "topology", "apply")
            try await fleet.run("ohra", "replay", "documents")
            try await scene.expectBalance(since: began, "after the replay")
        }
    }

    /// Publishing stops and says so; what waits in the queues is loaded all the same.
    @Test func diskAlarmStopsPublishersOnly() async throws {
        try await FaultScene.with(broker.variables) { scene in
            let began = FaultScene.now
            // Vectors wait, as the loader is frozen.
            scene.loader.signal(SIGSTOP)
            try await scene.load()
            let vectors = scene.fleet.topology.workQueue(.vectors)
            try await scene.until("vectors wait") {
                let documents = try await scene.fleet.depth(scene.fleet.topology.workQueue(.documents))
                let waiting = try await scene.fleet.depth(vectors)
                return documents == 0 && waiting > 10
            }

            try broker.control("set_disk_free_limit", "100000000000000")
            let second = try scene.extract()
            try await second.waitForStandardError(containing: "The broker takes no publishings for now")
            scene.loader.signal(SIGCONT)
            try await scene.until("vectors are loaded under the alarm") {
                let waiting = try await scene.fleet.depth(vectors)
                return try await scene.loaded(since: began) > 0 && waiting == 0
            }
            #expect(second.isRunning)

            try broker.control("set_disk_free_limit", "256000000")
            let output = try await second.output()
            #expect(output.status == 0, "\(output.complaint)")
            #expect(output.stderr.contains("The broker takes publishings again"))
            try await scene.expectBalance(since: began, "after the alarm")
        }
    }

    /// A full queue refuses: the extractor waits until there is room, and nothing is dropped.
    @Test func queuesAtTheirLengthLimit() async throws {
        try await FaultScene.with(count: 300, broker.variables) { scene in
            try shorten(".(documents|vectors)", of: scene.fleet)
            for transformer in scene.transformers { transformer.signal(SIGSTOP) }
            let began = FaultScene.now
            let extractor = try scene.extract()
            try await extractor.waitForStandardError(containing: "A queue is full")
            #expect(try await scene.fleet.depth(scene.fleet.topology.workQueue(.documents)) >= 2)
            for transformer in scene.transformers { transformer.signal(SIGCONT) }
            let output = try await extractor.output()
            #expect(output.status == 0, "\(output.complaint)")
            try await scene.expectBalance(since: began, "queues of two messages")
        }
    }

    /// Two messages fill these queues. An operator policy, as the fleet's own policies stay; no other fleet has the name.
    private func shorten(_ queues: String, of fleet: Fleet) throws {
        let pattern = "^\(fleet.name)\(queues.replacing(".", with: "\\."))$"
        try broker.control(
            "set_operator_policy", fleet.name, pattern, #"{"max-length": 2}"#, "--apply-to", "queues")
    }
}
