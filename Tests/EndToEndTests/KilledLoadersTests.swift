import FoundationEssentials
import Logging
import Shared
import Testing

/// Three loaders of which one is killed every second, over versions that arrive in random order: the end equals a clean load
/// of the newest versions, point for point and vector for vector.
@Suite(.serialized, .timeLimit(.minutes(10))) struct KilledLoadersTests {
    private static let fingerprint = "0123456789abcdef"
    private static let (documents, versions, dimension) = (500, 3, 16)

    /// One state of one document: a header and its chunks, whose vectors and texts tell it from all others.
    private struct State {
        let header: DocumentHeader
        let vectors: [ChunkVector]

        /// - Parameter version: from 0. A later one has a larger revision or the same one and a larger epoch.
        init(_ number: Int, version: Int) {
            let isDeleted = version == versions - 1 && number.isMultiple(of: 10)
            let chunks = isDeleted ? 0 : [1, 2, 3, 4, 7, 25][(number + version * 2) % 6]
            let document = Document(
                id: "files:killed:\(number)", title: "Document \(number)", content: "",
                url: "https://example.org/\(number)", author: "a", updatedAt: "2026-11-20T01:02:03Z",
                sourceType: "files", versionKey: "v\(version)", revision: 1 + version / 2, scope: "all",
                metadata: .object { $0.member("number", number) })
            let change = DocumentChange(document: document, epoch: 1000 + version, isDeleted: isDeleted)
            header = DocumentHeader(change, chunkCount: chunks)
            vectors = (0..<chunks).map { chunk in
                let text = "document \(number) version \(version) chunk \(chunk)"
                let hash = ContentHash.hex(text)
                return ChunkVector(
                    id: PointIdentity.chunk(
                        documentID: document.id, version: change.version, fingerprint: fingerprint, index: chunk),
                    documentID: document.id, index: chunk, content: text, hash: hash, embedHash: hash,
                    vector: (0..<dimension).map { Float(1 + (number * 31 + version * 7 + chunk * 3 + $0 * 5) % 97) })
            }
        }
    }

    /// Messages of up to 5 vectors of one state, one for a tombstone.
    private static func bodies(of state: State) -> [[UInt8]] {
        stride(from: 0, to: max(state.vectors.count, 1), by: MessageLimits.vectorsPerMessage).map { start in
            VectorsMessage(
                fingerprint: fingerprint, model: "test", dimension: dimension, documents: [state.header],
                vectors: Array(state.vectors.dropFirst(start).prefix(MessageLimits.vectorsPerMessage))
            ).body
        }
    }

    @Test func theEndEqualsACleanLoadOfTheNewestVersions() async throws {
        let states = (0..<Self.documents).map { number in
            (0..<Self.versions).map { State(number, version: $0) }
        }
        try await Fleet.with { clean in
            try await publish(states.compactMap(\.last).flatMap(Self.bodies), to: clean)
            try await clean.run("loader", "--drain", "--idle", "1")
            try await Fleet.with { fleet in
                try await publish(states.joined().flatMap(Self.bodies).shuffled(), to: fleet)
                let kills = try await loadWithKills(fleet)
                #expect(kills >= 5)
                try await waitForCleanUps(fleet)
                try await expectEqual(fleet, clean)
                let expected = Set(states.compactMap(\.last?.header).filter { !$0.isDeleted }.map(\.id))
                #expect(try await Ledger(of: fleet).imbalance(expecting: expected) == [])
            }
        }
    }

    private func publish(_ bodies: [[UInt8]], to fleet: Fleet) async throws {
        // Declares the topology.
        try await fleet.run("loader", "--drain", "--idle", "0.3")
        let envelope = MessageEnvelope(type: VectorsMessage.type, run: "killed", source: "files")
        let publisher = Publisher(settings: fleet.broker, name: "e2e killed", logger: Logger(label: "e2e"))
        try await publisher.publish(
            all: bodies.map { envelope.publishing(exchange: fleet.topology.exchange, routingKey: "vectors", body: $0) })
        await publisher.close()
    }

    /// Runs three loaders, kills one of them every second, in turn, and starts it again, until the queue is empty.
    ///
    /// - Returns: how many were killed.
    private func loadWithKills(_ fleet: Fleet) async throws -> Int {
        // Few messages at once, so that the work lasts for several kills.
        func start() throws -> ProgramRun {
            try fleet.start("loader", ["--drain", "--idle", "4", "--concurrency", "8"])
        }
        var loaders = try (0..<3).map { _ in try start() }
        var kills = 0
        var waiting = Int.max
        while kills < 5 || waiting > 0 {
            // The pace of the kills is what is tested.
            try await Task.sleep(for: .seconds(1))
            let victim = kills % loaders.count
            loaders[victim].kill()
            _ = try await loaders[victim].output()
            loaders[victim] = try start()
            kills += 1
            waiting = try await fleet.depth(fleet.topology.workQueue(.vectors))
        }
        for loader in loaders {
            let output = try await loader.output()
            #expect(output.status == 0, "\(output.complaint)")
        }
        return kills
    }

    /// What was delivered again is cleaned up half a minute later.
    private func waitForCleanUps(_ fleet: Fleet) async throws {
        let queue = fleet.topology.retryQueue(.vectors, .thirtySeconds)
        #expect(try await fleet.depth(queue) > 0)
        // The broker gives no signal when a queue has become empty.
        while try await fleet.depth(queue) > 0 { try await Task.sleep(for: .milliseconds(200)) }
        try await fleet.run("loader", "--drain", "--idle", "2")
    }

    private func expectEqual(_ fleet: Fleet, _ clean: Fleet) async throws {
        let (points, expected) = try await (everything(in: fleet), everything(in: clean))
        #expect(points.count == expected.count)
        let different = Set(points.keys).symmetricDifference(expected.keys)
        #expect(different.isEmpty, "\(different.count) points are in one collection only")
        let changed = points.filter { expected[$0.key] != nil && expected[$0.key] != $0.value }
        #expect(changed.isEmpty, "\(changed.count) points differ: \(changed.first.debugDescription)")
    }

    private struct Stored: Equatable {
        let payload: String
        let vector: [Float]?
    }

    private func everything(in fleet: Fleet) async throws -> [PointID: Stored] {
        var points: [PointID: Stored] = [:]
        for try await page in fleet.client.pages(of: fleet.client.settings.collection, vectors: true) {
            for point in page {
                points[point.id] = Stored(
                    payload: String(decoding: point.payload.text, as: UTF8.self), vector: point.vector)
            }
        }
        return points
    }
}
