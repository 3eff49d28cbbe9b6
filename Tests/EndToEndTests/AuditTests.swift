import Foundation
import Shared
import Testing

/// `loader audit` on real servers: every kind of damage is found, named and repaired.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AuditTests {
    private func audit(_ fleet: Fleet, _ arguments: String..., expecting status: Int32) async throws -> JSONElement {
        let output = try await fleet.start("loader", ["audit", "--json", "--grace", "0"] + arguments).output()
        #expect(output.status == status, "\(output.complaint)")
        return try JSONElement(parsing: Array(output.stdout.utf8))
    }

    private func kinds(_ report: JSONElement) throws -> [String] {
        try Array(#require(report["findings"]?.array)).compactMap { $0["finding"]?.string }.sorted()
    }

    /// Texts that no default window reaches.
    private func age(_ folder: SampleFolder) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let path = folder.path + "/" + name
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_600_000_000)], ofItemAtPath: path)
        }
    }

    private func load(_ fleet: Fleet, _ folder: SampleFolder, _ arguments: String...) async throws {
        let output = try await fleet.start("extractor", ["files"] + arguments, with: folder.variables).output()
        #expect(output.status == 0, "\(output.complaint)")
        try await fleet.run("transformer", "--drain", "--idle", "1")
        try await fleet.run("loader", "--drain", "--idle", "1")
    }

    @Test func damageIsFoundNamedAndRepaired() async throws {
        try await SampleFolder.with(count: 12) { folder in
            try await Fleet.with { fleet in
                try age(folder)
                try await load(fleet, folder, "--since", "2020-01-01")
                let clean = try await audit(fleet, expecting: 0)
                #expect(clean["documents"]?.int == 12)
                let contents = try await contents(fleet)
                #expect(clean["points"]?.int == contents.count)

                try await damage(fleet)
                let expected = ["duplicate", "missing", "orphaned", "orphaned", "stale", "wrong_count"]
                #expect(try kinds(try await audit(fleet, expecting: 1)) == expected)
                let table = try await fleet.run("loader", "audit", "--grace", "0", expecting: 1).stdout
                #expect(table.contains("document") && table.contains("wrong_count") && table.contains("6 findings"))

                let repair = try #require(try await audit(fleet, "--repair", expecting: 0)["repair"])
                #expect(repair["deleted_points"]?.int == 5)
                #expect(try kinds(try await audit(fleet, expecting: 1)) == ["missing"])
                // Without --since: the window reaches back to what is missing.
                try await load(fleet, folder)
                #expect(try kinds(try await audit(fleet, expecting: 0)) == [])
                #expect(try await self.contents(fleet) == contents)
            }
        }
    }

    /// Document and chunk with the text, for every point.
    private func contents(_ fleet: Fleet) async throws -> [String] {
        try await fleet.points().values.map { text in
            let payload = try JSONElement(parsing: Array(text.utf8))
            return ["document_id", "chunk_index", "content"]
                .map { String(decoding: payload[$0]?.text ?? [], as: UTF8.self) }.joined(separator: " ")
        }.sorted()
    }

    /// One of each: a chunk gone, a point beside its place, one too many, one of a replaced state, one of a state that never
    /// became complete, one that names no document.
    private func damage(_ fleet: Fleet) async throws {
        let (client, collection) = (fleet.client, fleet.client.settings.collection)
        var firsts: [String: QdrantPoint] = [:]
        for try await page in client.pages(of: collection, vectors: true) {
            for point in page where point.payload["chunk_index"]?.int == 0 {
                firsts[point.payload["document_id"]?.string ?? ""] = point
            }
        }
        let points = firsts.sorted { $0.key < $1.key }.map(\.value)
        try await client.delete(collection, ids: [points[0].id])
        var body = PointsBody()
        func add(_ point: QdrantPoint, _ changes: [String: Int], id: PointID? = nil) throws {
            func number(_ name: String) throws -> Int { try #require(changes[name] ?? point.payload[name]?.int) }
            let place = PointIdentity.chunk(
                documentID: try #require(point.payload["document_id"]?.string),
                version: DocumentVersion(revision: try number("revision"), epoch: try number("epoch")),
                fingerprint: try #require(point.payload["fingerprint"]?.string), index: try number("chunk_index"))
            body.append(id: id ?? place, vector: point.vector) { writer in
                writer.object { writer in
                    for member in point.payload.object.map({ Array($0) }) ?? [] {
                        writer.key(member.key)
                        if let value = changes[member.key] {
                            writer.value(value)
                        } else {
                            writer.json(member.value.text)
                        }
                    }
                }
            }
        }
        let (elsewhere, nowhere) = (
            PointIdentity.record(kind: "test", name: "1"), PointIdentity.record(kind: "test", name: "2")
        )
        try add(points[1], [:], id: elsewhere)
        try add(points[2], ["chunk_index": 40])
        try add(points[3], ["revision": 1])
        try add(points[4], ["epoch": try #require(points[4].payload["epoch"]?.int) + 1])
        body.append(id: nowhere, vector: points[5].vector) { $0.object { $0.member("title", "nothing else") } }
        try await client.upsert(collection, body)
    }
}
