import Foundation
import Shared
import Testing

/// Chunks are found by meaning and by words, in Korean and in English, through all programs and on the real engine.
@Suite(.timeLimit(.minutes(3))) struct HybridSearchTests {
    private static let window = "2020-01-01T00:00:00Z"

    private func titles(_ output: ProgramRun.Output) throws -> [String] {
        let hits = try JSONElement(parsing: Array(output.stdout.utf8))["hits"]?.array
        return try #require(hits).compactMap { $0["title"]?.string }
    }

    @Test func questionsFindTheirDocuments() async throws {
        try await Fleet.with { fleet in
            try await fleet.run("extractor", "all", "--since", Self.window)
            try await fleet.drain()
            for (question, title) in [
                ("냉동칸 온도 경보가 울렸는데 누구한테 먼저 전화해야 하나요?", "냉동 차량 온도 경보 대응 절차"),
                ("쓰고 남은 드라이아이스는 어디에 버리나요", "드라이아이스 취급 안전"),
                ("재고 조사가 끝났는데 WMS-203 때문에 예약이 안 돼요", "WMS-9: 재고 실사 중 WMS-203 오류가 끝나지 않음"),
                (
                    "how do we roll back a bad release of the route planner",
                    "Roll back a failed deployment of the route planner"
                ),
                ("status of FLEET-20", "FLEET-20: Compressor short cycling floods the event table"),
                ("spare relays KR-21", "Compressor vendors and spare parts"),
            ] {
                let found = try titles(await fleet.run("ohra", "search", question, "--limit", "3", "--json"))
                #expect(found.contains(title), "\(question): \(found)")
            }
            // By words alone, with an embedding server that does not exist.
            let words = try await fleet.run(
                "ohra", "search", "fleet-20", "--by", "words", "--limit", "1", "--json",
                with: [
                    "OHRA_EMBEDDING_PROVIDER": "openai", "OHRA_EMBEDDING_URL": "http://127.0.0.1:9",
                    "OHRA_EMBEDDING_MODEL": "m",
                ])
            #expect(try titles(words) == ["FLEET-20: Compressor short cycling floods the event table"])
            for try await page in fleet.client.pages(of: fleet.client.settings.collection, vectors: true) {
                #expect(page.allSatisfy { $0.sparse[SparseVector.textName] != nil && $0.vector?.count == 384 })
            }
        }
    }

    @Test func aCollectionFromBeforeGoesOnWithMeaningAlone() async throws {
        try await SampleFolder.with(count: 3) { folder in
            try await Fleet.with(folder.variables) { fleet in
                try await fleet.client.createCollection(
                    fleet.client.settings.collection, vectorSize: 384, distance: .cosine)
                try await fleet.run("extractor", "files", "--since", Self.window)
                try await fleet.run("transformer", "--drain", "--idle", "1.5")
                let loader = try await fleet.run("loader", "--drain", "--idle", "1.5")
                #expect(loader.stderr.contains("Sparse vectors are left out"))
                #expect(try await fleet.depth(fleet.topology.deadQueue(.vectors)) == 0)
                let search = try await fleet.run("ohra", "search", "frozen goods", "--json")
                #expect(try titles(search).count > 0)
                #expect(search.stderr.contains("Searching by meaning only"))
                #expect(search.stderr.contains("loader migrate"))
            }
        }
    }

    @Test func turnedOffThereAreNoSparseVectors() async throws {
        try await SampleFolder.with(count: 3) { folder in
            try await Fleet.with(folder.variables.merging(["OHRA_SPARSE": "false"]) { $1 }) { fleet in
                try await fleet.run("extractor", "files", "--since", Self.window)
                try await fleet.run("transformer", "--drain", "--idle", "1.5")
                try await fleet.run("loader", "--drain", "--idle", "1.5")
                for try await page in fleet.client.pages(of: fleet.client.settings.collection, vectors: true) {
                    #expect(page.allSatisfy { $0.sparse.isEmpty && $0.vector != nil })
                }
                try await fleet.run("ohra", "search", "frozen goods", "--by", "words", expecting: 78)
                // Turned on: the extractor sees another pipeline and sends everything again, into the same collection.
                let on = ["OHRA_SPARSE": "true"]
                try await fleet.run("transformer", "--drain", "--idle", "0.2", with: on)
                try await fleet.run("extractor", "files", "--since", Self.window)
                try await fleet.run("transformer", "--drain", "--idle", "1.5", with: on)
                try await fleet.run("loader", "--drain", "--idle", "1.5")
                for try await page in fleet.client.pages(of: fleet.client.settings.collection, vectors: true) {
                    #expect(page.allSatisfy { $0.sparse[SparseVector.textName] != nil })
                }
                let found = try titles(
                    await fleet.run("ohra", "search", "frozen goods", "--by", "words", "--json", with: on))
                #expect(found.count > 0)
            }
        }
    }
}
