import Foundation
import Shared
import Testing

/// A work queue is deleted under the fleet: everybody says so and waits, `ohra topology apply` mends it, and what was in the
/// queue comes back from the journal.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DeletedQueueTests {
    private func delete(_ queue: String, _ fleet: Fleet) async throws {
        try await BrokerConnection.with(fleet.broker, name: "e2e delete") { connection throws(BrokerError) in
            try await connection.deleteQueue(queue)
        }
    }

    @Test func documentsComeBackFromTheJournal() async throws {
        try await FaultScene.with(count: 200) { scene in
            let (fleet, queue) = (scene.fleet, scene.fleet.topology.workQueue(.documents))
            // Frozen, so that most of the messages are in the queue when it goes.
            for transformer in scene.transformers { transformer.signal(SIGSTOP) }
            let began = FaultScene.now
            let run = try await scene.load()
            #expect(try await fleet.depth(queue) > 5)
            try await delete(queue, fleet)
            for transformer in scene.transformers { transformer.signal(SIGCONT) }
            for transformer in scene.transformers {
                try await transformer.waitForStandardError(containing: "Waiting for the queue")
            }
            // Nothing can be published meanwhile, and that is no secret.
            let refused = try await scene.extract(with: ["OHRA_AMQP_DECLARE": "false"]).output()
            #expect(refused.status == 78, "\(refused.complaint)")
            #expect(refused.stderr.contains("ohra topology apply"), "\(refused.complaint)")

            try await fleet.run("ohra", "topology", "apply")
            try await scene.until("what was under way is done") {
                let transformers = try scene.transformers.map { try $0.standardError() }
                return transformers.allSatisfy { log in
                    let waiting = log.ranges(of: "Waiting for the queue").last
                    return waiting.map { log[$0.upperBound...].contains("Consuming") } ?? false
                }
            }
            let known = try await scene.loaded(since: began)
            #expect(known < scene.documents.count, "the ledger should show a gap")

            try await fleet.run("ohra", "replay", "documents", "--run", run)
            try await scene.expectBalance(since: began, "after the replay")
        }
    }

    /// The transformers hold their documents until vectors can be published again: everything arrives with no further help.
    @Test func transformersWaitForTheQueueOfVectors() async throws {
        try await FaultScene.with { scene in
            let fleet = scene.fleet
            // Frozen, so that both have work when the queue goes.
            for transformer in scene.transformers { transformer.signal(SIGSTOP) }
            let began = FaultScene.now
            try await scene.load()
            try await delete(fleet.topology.workQueue(.vectors), fleet)
            for transformer in scene.transformers { transformer.signal(SIGCONT) }
            for transformer in scene.transformers {
                try await transformer.waitForStandardError(containing: "is gone: run `ohra topology apply`")
            }
            try await scene.loader.waitForStandardError(containing: "Waiting for the queue")
            #expect(try await scene.loaded(since: began) == 0)

            try await fleet.run("ohra", "topology", "apply")
            try await scene.expectBalance(since: began, "after the queue was made again")
        }
    }
}
