import Logging
import Shared
import TestSupport
import Testing

/// `ohra dead` as a process on a real RabbitMQ.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DeadLetterTests {
    private func prepared(_ body: (Fleet) async throws -> Void) async throws {
        try await Fleet.with { fleet in
            let topology = fleet.topology
            try await BrokerConnection.with(fleet.broker, name: "e2e set-up") { connection throws(BrokerError) in
                try await topology.declare(over: connection)
            }
            try await body(fleet)
        }
    }

    private func publish(_ publishings: [Publishing], _ fleet: Fleet) async throws {
        let publisher = Publisher(settings: fleet.broker, name: "e2e publish", logger: Logger(label: "e2e"))
        try await publisher.publish(all: publishings, atOnce: 64)
        await publisher.close()
    }

    private func message(_ number: Int, source: String = "files", run: String = "r1") -> Publishing {
        let change = DocumentChange(document: .sample("files:test:\(number)", content: "text \(number)"), epoch: 1)
        return MessageEnvelope(type: DocumentsMessage.type, run: run, source: source)
            .publishing(exchange: "", routingKey: "", body: DocumentsMessage([change]).body)
    }

    private func letter(
        _ message: Publishing, _ fleet: Fleet, stage: Topology.Stage = .documents, reason: String = "embedding_invalid"
    ) -> Publishing {
        DeadLetter(stage: stage, fault: Fault(reason, "the norm is zero"), documentID: nil)
            .publishing(of: message.body, properties: message.properties, topology: fleet.topology)
    }

    private func list(_ fleet: Fleet, _ arguments: String...) async throws -> [JSONElement] {
        let output = try await fleet.start("ohra", ["dead", "list", "--json"] + arguments).output()
        #expect(output.status == 0, "\(output.complaint)")
        return Array(try #require(try JSONElement(parsing: Array(output.stdout.utf8)).array))
    }

    private func ids(_ letters: [JSONElement]) -> [String] { letters.compactMap { $0["id"]?.string } }

    private func count(_ key: String, _ output: ProgramRun.Output) throws -> Int? {
        try JSONElement(parsing: Array(output.stdout.utf8))[key]?.int
    }

    @Test func lettersAreListedShownReplayedAndDiscardedByFilter() async throws {
        try await prepared { fleet in
            let copied = letter(message(2, source: "jira"), fleet)
            try await publish(
                [
                    letter(message(1), fleet), copied, copied,
                    letter(message(3, run: "r2"), fleet, reason: "undecodable"),
                    letter(message(4), fleet, stage: .vectors),
                ], fleet)
            let all = try await list(fleet)
            #expect(Set(ids(all)).count == 4 && all.count == 4, "the letter that was written twice is one")
            #expect(try await list(fleet, "--queue", "vectors").map { $0["document_id"]?.string } == ["files:test:4"])
            #expect(try await list(fleet, "--source", "jira").count == 1)
            #expect(try await list(fleet, "--reason", "undecodable", "--run", "r2").count == 1)
            #expect(try await list(fleet, "--document", "files:test:1").count == 1)

            let id = try #require(ids(try await list(fleet, "--document", "files:test:1")).first)
            let shown = try await fleet.run("ohra", "dead", "show", id)
            #expect(shown.stdout.contains("the norm is zero") && !shown.stdout.contains("text 1"))
            #expect(try await fleet.run("ohra", "dead", "show", id, "--body").stdout.contains("text 1"))
            let missing = try await fleet.run("ohra", "dead", "show", "nowhere", expecting: 1)
            #expect(missing.stderr.contains("nowhere") && missing.stderr.contains("ohra dead list"))

            let replay = try await fleet.run("ohra", "dead", "replay", "--source", "jira", "--json")
            #expect(try count("replayed", replay) == 1)
            #expect(try await fleet.depth(fleet.topology.workQueue(.documents)) == 1, "one of the two copies")
            #expect(try await fleet.depth(fleet.topology.deadQueue(.documents)) == 2)

            // Nothing is discarded by mistake.
            let silent = try await fleet.run("ohra", "dead", "discard", "--all", expecting: 64)
            #expect(silent.stderr.contains("--yes"))
            try await fleet.run("ohra", "dead", "discard", "--yes", expecting: 64)
            try await fleet.run("ohra", "dead", "replay", expecting: 64)
            #expect(try await list(fleet).count == 3)
            let discard = try await fleet.run("ohra", "dead", "discard", id, "--yes", "--json")
            #expect(try count("discarded", discard) == 1)
            #expect(!ids(try await list(fleet)).contains(id))
            try await fleet.run("ohra", "dead", "discard", "--all", "--yes")
            #expect(try await list(fleet).isEmpty)
        }
    }

    /// More than a consumer of a quorum queue can hold.
    @Test func threeThousandLettersAreAllListedAndStay() async throws {
        try await prepared { fleet in
            try await publish(
                (0..<3000).map { letter(message($0, source: $0 % 3 == 0 ? "jira" : "files"), fleet) }, fleet)
            let first = ids(try await list(fleet))
            #expect(Set(first).count == 3000)
            let second = ids(try await list(fleet))
            #expect(second == first, "in the same order too")
            #expect(try await fleet.depth(fleet.topology.deadQueue(.documents)) == 3000)
            let some = try await fleet.run("ohra", "dead", "replay", "--source", "jira", "--json")
            #expect(try count("replayed", some) == 1000)
            #expect(try await fleet.depth(fleet.topology.deadQueue(.documents)) == 2000)
            let rest = try await fleet.run("ohra", "dead", "replay", "--all", "--json")
            #expect(try count("replayed", rest) == 2000)
            #expect(try await fleet.depth(fleet.topology.workQueue(.documents)) == 3000)
            #expect(try await fleet.depth(fleet.topology.deadQueue(.documents)) == 0)
        }
    }

    /// Each waits for the other or is told of it; what one holds the other cannot see.
    @Test func whoeverListsBesideOthersGetsAllOrAnError() async throws {
        try await prepared { fleet in
            try await publish((0..<2500).map { letter(message($0), fleet) }, fleet)
            let runs = try (0..<3).map { _ in try fleet.start("ohra", ["dead", "list", "--json"]) }
            var complete = 0
            for run in runs {
                let output = try await run.output()
                if output.status == 69 {
                    #expect(output.stdout.isEmpty && output.stderr.contains("somebody else"))
                } else {
                    #expect(output.status == 0, "\(output.complaint)")
                    let letters = try JSONElement(parsing: Array(output.stdout.utf8)).array.map { Array($0).count }
                    #expect(letters == 2500)
                    complete += 1
                }
            }
            #expect(complete > 0)
            #expect(try await fleet.depth(fleet.topology.deadQueue(.documents)) == 2500)
        }
    }

    @Test func aKilledReplayLosesAndDoublesNothing() async throws {
        try await prepared { fleet in
            let total = 500
            try await publish((0..<total).map { letter(message($0), fleet) }, fleet)
            let replay = try fleet.start("ohra", ["dead", "replay", "--all"])
            let (broker, work) = (fleet.broker, fleet.topology.workQueue(.documents))
            try await BrokerConnection.with(broker, name: "e2e depth") { connection throws(BrokerError) in
                // A queue tells nobody what arrives.
                while try await connection.verifyQueue(work).messages < total / 5 { await Task.yield() }
            }
            replay.kill()
            #expect(try await replay.output().status == 9)
            let left = try await list(fleet).count
            let moved = try await fleet.depth(work)
            print("Killed replay: \(moved) at work, \(left) left of \(total)")
            #expect(left > 0 && left < total, "it was killed half-way")
            #expect(left + moved >= total)

            let again = try await fleet.run("ohra", "dead", "replay", "--all", "--json")
            #expect(try count("replayed", again) == left)
            #expect(try await list(fleet).isEmpty)
            try await fleet.drain()
            #expect(try await list(fleet).isEmpty)
            let registry = Registry(client: fleet.client, collection: fleet.client.settings.registryCollection)
            #expect(try await registry.loadedCount() == total)
            #expect(try await fleet.points().count == total)
        }
    }

    @Test func aPoisonMessageIsListedReplayedAndComesBackOnce() async throws {
        try await prepared { fleet in
            let envelope = MessageEnvelope(type: DocumentsMessage.type, run: "r", source: "files")
            try await publish(
                [
                    envelope.publishing(
                        exchange: fleet.topology.exchange, routingKey: fleet.topology.workKey(.documents),
                        body: Array("{\"documents\":".utf8))
                ], fleet)
            try await fleet.run("transformer", "--drain", "--idle", "1")
            let first = try await list(fleet)
            #expect(first.map { $0["reason"]?.string } == ["undecodable"])
            try await fleet.run("ohra", "dead", "replay", ids(first)[0])
            #expect(try await list(fleet).isEmpty)
            try await fleet.run("transformer", "--drain", "--idle", "1")
            #expect(ids(try await list(fleet)) == ids(first))
            #expect(try await fleet.depth(fleet.topology.deadQueue(.documents)) == 1)
        }
    }
}
