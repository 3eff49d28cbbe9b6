import FoundationEssentials
import Shared
import Testing

/// The client against the engine at `OHRA_QDRANT_URL` (`dev/servers/up DIR qdrant`).
@Suite(.timeLimit(.minutes(2)))
struct QdrantClientTests {
    @Test func serverIsNewEnough() async throws {
        #expect(try await makeClient().serverVersion() >= .minimum)
    }

    @Test func collectionIsCreatedOnceAndDescribed() async throws {
        try await withCollection(sparse: ["text"]) { client, name in
            #expect(try await client.createCollection(name, vectorSize: 4, distance: .cosine) == false)
            try await client.createPayloadIndex(name, field: "document_id", type: .keyword)
            try await client.createPayloadIndex(name, field: "document_id", type: .keyword)
            let info = try await client.collectionInfo(name)
            #expect(info.vectorSize == 4)
            #expect(info.distance == .cosine)
            #expect(info.sparseVectorNames == ["text"])
            #expect(info.payloadIndexes == ["document_id": "keyword"])
            #expect(try await client.collectionExists(name))
            #expect(try await client.collectionExists(name + "_none") == false)
            let error = await #expect(throws: QdrantError.self) { try await client.collectionInfo(name + "_none") }
            #expect(error?.code == .collectionMissing)
        }
    }

    @Test func pointsAreWrittenReadCountedAndDeleted() async throws {
        try await withCollection { client, name in
            for field in ["document_id", "source_type"] {
                try await client.createPayloadIndex(name, field: field, type: .keyword)
            }
            try await client.upsert(name, points(0..<10))
            let all = try await client.retrieve(name, ids: (0..<12).map(id), payload: ["document_id"], vectors: true)
            #expect(Set(all.map(\.id)) == Set((0..<10).map(id)))
            #expect(
                all.allSatisfy {
                    $0.vector?.count == 4 && $0.payload["document_id"] != nil && $0.payload["index"] == nil
                })
            #expect(try await client.count(name) == 10)
            #expect(try await client.count(name, filter: QdrantFilter(must: [.range("index", lessThan: 3)])) == 3)
            let facet = try await client.facet(name, key: "document_id", limit: 10)
            #expect(facet == ["doc-0": 4, "doc-1": 3, "doc-2": 3])
            try await client.delete(name, ids: [id(0), id(99)])
            try await client.delete(name, filter: QdrantFilter(must: [.match("document_id", "doc-1")]))
            #expect(try await client.count(name) == 6)
        }
    }

    @Test func scrollWalksEveryPage() async throws {
        try await withCollection { client, name in
            try await client.createPayloadIndex(name, field: "index", type: .integer)
            try await client.upsert(name, points(0..<25))
            var pages: [Int] = []
            var seen: Set<PointID> = []
            for try await page in client.pages(of: name, payload: [], pageSize: 10) {
                pages.append(page.count)
                seen.formUnion(page.map(\.id))
            }
            #expect(pages == [10, 10, 5])
            #expect(seen == Set((0..<25).map(id)))
            let newest = try await client.scroll(name, payload: ["index"], limit: 2, orderBy: ("index", true))
            #expect(newest.points.map { $0.payload["index"]?.int } == [24, 23])
        }
    }

    @Test func insertOnlyKeepsWhatExists() async throws {
        try await withCollection { client, name in
            try await client.upsert(name, points(0..<1, kind: "first"))
            try await client.upsert(name, points(0..<2, mode: .insertOnly, kind: "second"))
            let found = try await client.retrieve(name, ids: [id(0), id(1)])
            let kinds = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0.payload["kind"]?.string) })
            #expect(kinds == [id(0): "first", id(1): "second"])
        }
    }

    @Test func queriesFindDenseSparseAndFused() async throws {
        try await withCollection(sparse: ["text"]) { client, name in
            var body = PointsBody()
            for index in 0..<3 {
                let sparse = SparseVector(indices: [UInt32(index)], values: [1])
                body.append(id: id(index), vector: vector(index), sparse: [("text", sparse)]) { writer in
                    writer.object { $0.member("index", index) }
                }
            }
            body.append(id: id(9), vector: nil) { $0.object { _ in } }
            try await client.upsert(name, body)
            let dense = try await client.query(name, .dense(vector(2)), limit: 1)
            #expect(dense.first?.payload["index"]?.int == 2)
            #expect(abs((dense.first?.score ?? 0) - 1) < 1e-5)
            let sparse = try await client.query(name, .sparse("text", SparseVector(indices: [1], values: [1])))
            #expect(sparse.first?.id == id(1))
            // Point 0 by its vector, point 1 by its word: the weight decides.
            for (weight, first) in [(0.2, id(1)), (5, id(0))] {
                let both = try await client.query(
                    name,
                    .fusion(
                        [
                            (.dense(vector(0)), weight),
                            (.sparse("text", SparseVector(indices: [1], values: [1])), 1),
                        ], k: 3, branchLimit: 1), limit: 2)
                #expect(both.first?.id == first)
            }
            let stored = try await client.retrieve(name, ids: [id(1), id(9)], vectors: true)
            #expect(stored.first { $0.id == id(1) }?.sparse == ["text": SparseVector(indices: [1], values: [1])])
            #expect(stored.first { $0.id == id(9) }?.vector == nil)
        }
    }

    @Test func wrongDimensionIsARejection() async throws {
        try await withCollection { client, name in
            var body = PointsBody()
            body.append(id: id(0), vector: [1, 2] as [Float]) { $0.object { _ in } }
            let error = await #expect(throws: QdrantError.self) { try await client.upsert(name, body) }
            #expect(error?.isRejection == true)
            #expect(error?.isRetriable == false)
        }
    }

    @Test func aliasMovesBetweenCollections() async throws {
        try await withCollection { client, first in
            try await withCollection { _, second in
                let alias = first + "_alias"
                try await client.changeAliases(assigning: [alias: first])
                #expect(try await client.aliases()[alias] == first)
                #expect(try await client.collectionExists(alias))
                try await client.changeAliases(removing: [alias], assigning: [alias: second])
                #expect(try await client.aliases()[alias] == second)
                try await client.changeAliases(removing: [alias])
                #expect(try await client.aliases()[alias] == nil)
            }
        }
    }

    // MARK: Fixtures

    private func withCollection(
        sparse: [String] = [], _ body: (QdrantClient, String) async throws -> Void
    ) async throws {
        let client = try makeClient()
        let name = "test_\(UInt64.random(in: 0...UInt64.max))"
        #expect(try await client.createCollection(name, vectorSize: 4, distance: .cosine, sparseVectors: sparse))
        let result: Result<Void, any Error>
        do { result = .success(try await body(client, name)) } catch { result = .failure(error) }
        try await client.deleteCollection(name)
        try result.get()
    }

    private func makeClient() throws -> QdrantClient {
        let environment = ProcessInfo.processInfo.environment
        let text = try #require(
            environment["OHRA_QDRANT_URL"], "OHRA_QDRANT_URL is not set; start one with dev/servers/up DIR qdrant")
        var settings = QdrantSettings(url: try ServiceURL(text, schemes: ["http", "https"]))
        settings.apiKey = environment["OHRA_QDRANT_API_KEY"].map { Secret($0) }
        return QdrantClient(transport: CurlTransport(), settings: settings)
    }

    private func id(_ index: Int) -> PointID {
        PointIDs.id(index)
    }

    private func vector(_ index: Int) -> [Float] { (0..<4).map { $0 == index % 4 ? 1 : 0.01 } }

    private func points(_ indices: Range<Int>, mode: PointsBody.Mode = .upsert, kind: String = "chunk") -> PointsBody {
        var body = PointsBody(reservingPoints: indices.count, mode: mode)
        for index in indices {
            body.append(id: id(index), vector: vector(index)) { writer in
                writer.object { writer in
                    writer.member("document_id", "doc-\(index % 3)")
                    writer.member("source_type", "test")
                    writer.member("kind", kind)
                    writer.member("index", index)
                }
            }
        }
        return body
    }
}

private enum PointIDs {
    static func id(_ index: Int) -> PointID {
        guard let space = PointID("6ba7b810-9dad-11d1-80b4-00c04fd430c8") else {
            preconditionFailure("a constant UUID")
        }
        return PointID(namespace: space, name: "\(index)")
    }
}
