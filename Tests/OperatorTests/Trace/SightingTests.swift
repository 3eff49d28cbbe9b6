import Shared
import TestSupport
import Testing

@testable import Operator

struct SightingTests {
    private static let version = DocumentVersion(revision: 7, epoch: 1000)

    private func properties(_ run: String = "r1", at second: UInt64? = 1_795_000_000) -> MessageProperties {
        var properties = MessageProperties(messageID: "m")
        properties.timestamp = second
        properties.headers = ["x-run": .string(run)]
        return properties
    }

    private func change(_ id: String, isDeleted: Bool = false) -> DocumentChange {
        var document = Document.sample(id, content: "text")
        document.revision = Self.version.revision
        return DocumentChange(document: document, epoch: Self.version.epoch, isDeleted: isDeleted)
    }

    private func vectors(of id: String, _ indexes: [Int], chunkCount: Int) -> [UInt8] {
        VectorsMessage(
            fingerprint: "f", model: "m", dimension: 1,
            documents: [DocumentHeader(change(id), chunkCount: chunkCount)],
            vectors: indexes.map {
                ChunkVector(
                    id: PointIdentity.chunk(documentID: id, version: Self.version, fingerprint: "f", index: $0),
                    documentID: id, index: $0, content: "c", hash: "h", embedHash: "h", vector: [1])
            }
        ).body
    }

    @Test func aDocumentsMessageTellsVersionRunAndTime() throws {
        let body = DocumentsMessage([change("a"), change("b", isDeleted: true)]).body
        let a = try Sighting.all(of: "a", in: body, properties(), stage: .documents)
        #expect(a.count == 1 && a[0].version == Self.version && !a[0].isDeleted && a[0].chunkCount == nil)
        #expect(a[0].run == "r1" && a[0].first?.description == "2026-11-18T11:06:40.000Z")
        let b = try Sighting.all(of: "b", in: body, properties(at: nil), stage: .documents)
        #expect(b.count == 1 && b[0].isDeleted && b[0].first == nil)
        #expect(try Sighting.all(of: "c", in: body, properties(), stage: .documents).isEmpty)
    }

    @Test func vectorsMessagesOfOneStateAreJoined() throws {
        var trace = DocumentTrace(documentID: "a")
        for (second, chunks) in [(1, [0, 1]), (2, [2]), (3, [1])] as [(UInt64, [Int])] {
            let body = vectors(of: "a", chunks, chunkCount: 4)
            for found in try Sighting.all(of: "a", in: body, properties(at: second), stage: .vectors) {
                trace.note(found)
            }
        }
        #expect(trace.journal.count == 1)
        let found = try #require(trace.journal.first)
        #expect(found.messages == 3 && found.chunks == [0, 1, 2] && found.chunkCount == 4)
        #expect(found.first?.milliseconds == 1000 && found.last?.milliseconds == 3000)
        // Another run, or another state, is another line.
        let body = vectors(of: "a", [0], chunkCount: 4)
        for found in try Sighting.all(of: "a", in: body, properties("r2"), stage: .vectors) { trace.note(found) }
        #expect(trace.journal.map(\.run) == ["r1", "r2"])
    }

    @Test(arguments: ["", "{", "[1]", "{\"documents\":{}}", "{\"documents\":[{\"id\":\"a\"}]}"])
    func nonsenseIsAnErrorOrNothing(text: String) {
        let found = try? Sighting.all(of: "a", in: Array(text.utf8), properties(), stage: .documents)
        #expect(found?.isEmpty ?? true)
    }
}
