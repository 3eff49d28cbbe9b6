import FoundationEssentials
import Logging
import Shared
import Testing

/// Versions of documents that arrive twice and in random order, as replays and retries make them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ShuffledReplayTests {
    /// One state of one document.
    private struct State {
        let header: DocumentHeader
        let vectors: [ChunkVector]
    }

    private static let fingerprint = "0123456789abcdef"

    /// A state of document `number`: later ones have a larger revision or, at the same revision, a larger epoch. The last
    /// state of every fifth document is a tombstone.
    private func state(_ number: Int, _ index: Int, of count: Int) -> State {
        let isDeleted = index == count - 1 && number.isMultiple(of: 5)
        let chunks = isDeleted ? 0 : 1 + (number + index) % 3
        let id = "files:shuffled:\(number)"
        let document = Document(
            id: id, title: "Document \(number)", content: "", url: "https://example.org/\(number)", author: "a",
            updatedAt: "2026-11-20T01:02:03Z", sourceType: "files", versionKey: "v\(index)", revision: 1 + index / 2,
            scope: "all", metadata: .object { _ in })
        let change = DocumentChange(document: document, epoch: 1000 + index, isDeleted: isDeleted)
        let vectors = (0..<chunks).map { chunk in
            let text = "document \(number) state \(index) chunk \(chunk)"
            let hash = ContentHash.hex(text)
            return ChunkVector(
                id: PointIdentity.chunk(
                    documentID: id, version: change.version, fingerprint: Self.fingerprint, index: chunk),
                documentID: id, index: chunk, content: text, hash: hash, embedHash: hash,
                vector: [1, Float(number), Float(index), Float(chunk)])
        }
        return State(header: DocumentHeader(change, chunkCount: chunks), vectors: vectors)
    }

    /// One message for each chunk, so that a version is complete only with several of them; one for a tombstone.
    private func bodies(of state: State) -> [[UInt8]] {
        let parts = state.vectors.isEmpty ? [[]] : state.vectors.map { [$0] }
        return parts.map {
            VectorsMessage(
                fingerprint: Self.fingerprint, model: "test", dimension: 4, documents: [state.header], vectors: $0
            ).body
        }
    }

    @Test func aThousandMessagesTwiceInRandomOrderEndWithTheNewestVersions() async throws {
        try await Fleet.with { fleet in
            let (documents, versions) = (60, 9)
            let states = (0..<documents).map { number in
                (0..<versions).map { state(number, $0, of: versions) }
            }
            let bodies = states.joined().flatMap(bodies)
            #expect(bodies.count >= 1000)
            // Declares the topology.
            try await fleet.run("loader", "--drain", "--idle", "0.5")
            let envelope = MessageEnvelope(type: VectorsMessage.type, run: "shuffled", source: "files")
            let publisher = Publisher(settings: fleet.broker, name: "e2e shuffle", logger: Logger(label: "e2e"))
            for _ in 0..<2 {
                try await publisher.publish(
                    all: bodies.shuffled().map {
                        envelope.publishing(exchange: fleet.topology.exchange, routingKey: "vectors", body: $0)
                    })
            }
            await publisher.close()
            async let first = fleet.run("loader", "--drain", "--idle", "3")
            async let second = fleet.run("loader", "--drain", "--idle", "3")
            _ = try await (first, second)
            try await expectNewest(of: states, in: fleet)
            // And once more from the journal, everything, over what is loaded.
            let replay = try await fleet.run("ohra", "replay", "vectors", "--json", "--max-queued", "100000")
            let report = try JSONElement(parsing: Array(replay.stdout.utf8))
            #expect(report["messages"]?.int == 2 * bodies.count)
            #expect(report["documents"]?.int == documents)
            try await fleet.run("loader", "--drain", "--idle", "3")
            try await expectNewest(of: states, in: fleet)
        }
    }

    private func expectNewest(of states: [[State]], in fleet: Fleet) async throws {
        let newest = states.compactMap(\.last)
        let expected = newest.flatMap { state in state.vectors.map { ($0.id.description, $0.content) } }
        let points = try await fleet.points()
        #expect(Set(points.keys) == Set(expected.map(\.0)))
        for (id, content) in expected { #expect(points[id]?.contains("\"\(content)\"") == true) }
        // The ledger: every document is accounted for exactly once, as loaded or as deleted.
        let registry = Registry(client: fleet.client, collection: fleet.client.settings.registryCollection)
        let markers = try await registry.markers(of: newest.map(\.header.id))
        let deleted = newest.count { $0.header.isDeleted }
        #expect(markers.count == newest.count)
        #expect(markers.values.allSatisfy { $0.count == 1 })
        #expect(markers.values.count { $0[0].state == .deleted } == deleted)
        #expect(try await registry.loadedCount() == newest.count - deleted)
        for state in newest { #expect(markers[state.header.id]?.first?.version == state.header.version) }
    }
}
