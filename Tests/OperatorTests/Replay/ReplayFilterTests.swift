import FoundationEssentials
import Shared
import TestSupport
import Testing

@testable import Operator

struct ReplayFilterTests {
    private func properties(
        type: String = DocumentsMessage.type, at second: UInt64? = 1000, run: String = "r1", source: String = "jira"
    ) -> MessageProperties {
        var properties = MessageProperties(messageID: "m", type: type)
        properties.timestamp = second
        properties.headers = ["x-run": .string(run), "x-source": .string(source)]
        return properties
    }

    @Test func windowHoldsItsStartAndNotItsEnd() {
        let filter = ReplayFilter(
            stage: .documents, since: Date(timeIntervalSince1970: 1000), until: Date(timeIntervalSince1970: 1010))
        let admitted = (998...1012).filter { filter.admits(properties(at: UInt64($0))) }
        #expect(admitted == Array(1000..<1010))
        #expect(!filter.admits(properties(at: nil)))
    }

    @Test func fractionsOfASecondWidenTheWindow() {
        let filter = ReplayFilter(
            stage: .documents, since: Date(timeIntervalSince1970: 1000.7), until: Date(timeIntervalSince1970: 1001.2))
        #expect([999, 1000, 1001, 1002].filter { filter.admits(properties(at: $0)) } == [1000, 1001])
    }

    @Test func typeRunAndSourceMustFit() {
        #expect(ReplayFilter(stage: .documents).admits(properties(at: nil)))
        #expect(!ReplayFilter(stage: .vectors).admits(properties()))
        #expect(ReplayFilter(stage: .documents, run: "r1", source: "jira").admits(properties()))
        #expect(!ReplayFilter(stage: .documents, run: "r2").admits(properties()))
        #expect(!ReplayFilter(stage: .documents, source: "files").admits(properties()))
        #expect(!ReplayFilter(stage: .documents).admits(properties(type: Journal.markType)))
    }

    @Test func readingEndsWellAfterTheWindow() {
        let filter = ReplayFilter(stage: .documents, until: Date(timeIntervalSince1970: 1000))
        #expect(!filter.isPast(properties(at: 1500)))
        #expect(filter.isPast(properties(at: 1601)))
        #expect(!filter.isPast(properties(at: nil)))
        #expect(!ReplayFilter(stage: .documents).isPast(properties(at: 1601)))
    }

    @Test func bodyWithoutAChoiceStaysToTheByte() throws {
        let body = Array("{ \"documents\":[{\"id\":\"a\"} , {\"id\":\"b\",\"new\":1}]}".utf8)
        let selection = try #require(try ReplayFilter(stage: .vectors).select(from: body))
        #expect(selection == ReplayFilter.Selection(body: body, documentIDs: ["a", "b"]))
    }

    @Test(arguments: ["", "[]", "{\"documents\":1}", "{"]) func nonsenseIsUndecodable(text: String) {
        for documents in [[], ["a"]] as [Set<String>] {
            let filter = ReplayFilter(stage: .documents, documents: documents)
            #expect(throws: MessageError.self) { try filter.select(from: Array(text.utf8)) }
        }
    }

    @Test func documentsMessageIsNarrowedToTheChosen() throws {
        let changes = ["a", "b", "c"].map { DocumentChange(document: .sample($0), epoch: 5, isDeleted: $0 == "c") }
        let filter = ReplayFilter(stage: .documents, documents: ["c", "a", "x"])
        let selection = try #require(try filter.select(from: DocumentsMessage(changes).body))
        #expect(selection.documentIDs == ["a", "c"])
        #expect(try DocumentsMessage(body: selection.body).changes == [changes[0], changes[2]])
        #expect(
            try ReplayFilter(stage: .documents, documents: ["x"]).select(from: DocumentsMessage(changes).body) == nil)
    }

    @Test func vectorsMessageIsNarrowedToHeadersAndVectorsOfTheChosen() throws {
        let headers = ["a", "b"].map {
            DocumentHeader(DocumentChange(document: .sample($0), epoch: 5), chunkCount: 7)
        }
        let vectors = [("a", 6), ("b", 0), ("b", 1)].map { id, index in
            ChunkVector(
                id: PointIdentity.chunk(documentID: id, version: headers[0].version, fingerprint: "f", index: index),
                documentID: id, index: index, content: "c\(index)", hash: "h", embedHash: "e", vector: [0.5, -1])
        }
        let message = VectorsMessage(
            fingerprint: "f", model: "m", dimension: 2, documents: headers, vectors: vectors)
        let filter = ReplayFilter(stage: .vectors, documents: ["b"])
        let part = try VectorsMessage(body: try #require(try filter.select(from: message.body)).body)
        #expect(part.documents == [headers[1]])
        #expect(part.vectors == Array(vectors[1...]))
        #expect(part.fingerprint == "f" && part.model == "m" && part.dimension == 2)
        #expect(try ReplayFilter(stage: .vectors, documents: ["x"]).select(from: message.body) == nil)
    }
}
