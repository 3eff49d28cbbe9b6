import Shared

/// What became of every document, read from registry, collection and queues once a fleet is at rest.
///
/// It balances when extracted = live + superseded + deleted + dead-lettered + queued and nothing is there twice. On a fleet
/// that loaded one state of a source, superseded and deleted are what the collection must no longer show.
struct Ledger: Sendable {
    /// Documents with a marker `loaded`.
    var loaded: Set<String> = []
    /// What is wrong in registry and collection, in words; empty when all is well.
    var faults: [String] = []
    /// Messages in work and retry queues; those that only have something cleaned up once more do not count.
    var queued = 0
    /// Messages in dead-letter queues.
    var deadLetters = 0

    /// Points of one document in one version and fingerprint belong together.
    private struct State: Hashable {
        var documentID: String
        var revision: Int
        var epoch: Int
        var fingerprint: String

        init?(_ payload: JSONElement) {
            guard let documentID = payload["document_id"]?.string, let revision = payload["revision"]?.int,
                let epoch = payload["epoch"]?.int, let fingerprint = payload["fingerprint"]?.string
            else { return nil }
            (self.documentID, self.revision) = (documentID, revision)
            (self.epoch, self.fingerprint) = (epoch, fingerprint)
        }
    }

    init(of fleet: Fleet) async throws {
        let markers = try await readMarkers(fleet)
        try await readPoints(fleet, markers)
        let topology = fleet.topology
        for stage in Topology.Stage.allCases {
            deadLetters += try await fleet.depth(topology.deadQueue(stage))
            queued += try await fleet.depth(topology.workQueue(stage))
            for delay in Topology.RetryDelay.allCases {
                let waiting = try await fleet.bodies(of: topology.retryQueue(stage, delay))
                queued += waiting.count { !Self.isCleanUp($0) }
            }
        }
    }

    /// What keeps this ledger from balancing for a source of these documents, all of which should be live; empty when it
    /// balances.
    func imbalance(expecting extracted: Set<String>, deadLetters expected: Int = 0) -> [String] {
        var problems = faults
        let (lost, strange) = (extracted.subtracting(loaded), loaded.subtracting(extracted))
        if !lost.isEmpty { problems.append("\(lost.count) documents are not live: \(lost.sorted().prefix(5))") }
        if !strange.isEmpty { problems.append("live, but not at the source: \(strange.sorted().prefix(5))") }
        if queued != 0 { problems.append("\(queued) messages are still queued") }
        if deadLetters != expected { problems.append("\(deadLetters) dead letters instead of \(expected)") }
        return problems
    }

    /// Whether a message only has a loader look once more for late writes (`CleanUps`): it brings nothing.
    private static func isCleanUp(_ body: [UInt8]) -> Bool {
        guard let message = try? VectorsMessage(body: body) else { return false }
        return message.vectors.isEmpty && message.documents.allSatisfy { !$0.isDeleted }
    }

    /// The number of chunks that each loaded state must have.
    private mutating func readMarkers(_ fleet: Fleet) async throws -> [State: Int] {
        var chunks: [State: Int] = [:]
        let filter = QdrantFilter(must: [.match("kind", "marker")])
        for try await page in fleet.client.pages(of: fleet.client.settings.registryCollection, filter: filter) {
            for point in page {
                guard let state = State(point.payload), let count = point.payload["chunk_count"]?.int else {
                    faults.append("marker \(point.id) is incomplete")
                    continue
                }
                chunks[state] = count
                if point.payload["state"]?.string == "loaded", !loaded.insert(state.documentID).inserted {
                    faults.append("\(state.documentID) has two markers")
                }
            }
        }
        return chunks
    }

    private mutating func readPoints(_ fleet: Fleet, _ markers: [State: Int]) async throws {
        var indexes: [State: [Int]] = [:]
        for try await page in fleet.client.pages(of: fleet.client.settings.collection) {
            for point in page {
                guard let state = State(point.payload), let index = point.payload["chunk_index"]?.int else {
                    faults.append("point \(point.id) is incomplete")
                    continue
                }
                indexes[state, default: []].append(index)
            }
        }
        for (state, found) in indexes where markers[state] == nil {
            faults.append("\(found.count) points without a marker: \(state)")
        }
        for (state, count) in markers where (indexes[state] ?? []).sorted() != Array(0..<count) {
            faults.append("\(count) chunks expected, found \((indexes[state] ?? []).sorted()): \(state)")
        }
    }
}
