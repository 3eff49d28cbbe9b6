import Shared
import Testing

@testable import Operator

@Suite struct LetterTests {
    private static let topology = Topology(prefix: "t")

    /// What the worker makes of a message that fails.
    private func delivery(
        _ text: String, message: String? = "m1", reason: String = "undecodable", document: String? = nil
    ) -> Delivery {
        var properties = MessageProperties(messageID: message, type: DocumentsMessage.type)
        properties.headers = ["x-run": .string("r1"), "x-source": .string("jira"), "x-attempt": .int(3)]
        let letter = DeadLetter(stage: .documents, fault: Fault(reason, "why"), documentID: document)
        let publishing = letter.publishing(of: Array(text.utf8), properties: properties, topology: Self.topology)
        return Self.delivery(publishing.properties, publishing.body)
    }

    private static func delivery(_ properties: MessageProperties, _ body: [UInt8]) -> Delivery {
        Delivery(
            tag: 1, connection: 1, isRedelivered: false, exchange: "t", routingKey: "documents.dead",
            properties: properties, body: body)
    }

    private func letter(_ delivery: Delivery) -> Letter {
        var identities = LetterIdentities()
        return Letter(delivery, id: identities.identify(delivery).id, stage: .documents)
    }

    @Test func headersAndDocumentsAreRead() {
        let found = letter(delivery("{\"documents\":[{\"id\":\"a\"},{\"id\":\"b\"},{}]}"))
        #expect(found.reason == "undecodable" && found.detail == "why" && found.attempt == 3)
        #expect(found.documents == ["a", "b"] && found.documentID == nil)
        #expect(letter(delivery("x", document: "jira:x:7")).documentID == "jira:x:7")
        #expect(letter(delivery("not JSON")).documents.isEmpty)
    }

    @Test func whatTheBrokerMovedTellsItsReason() {
        var properties = MessageProperties(messageID: "m")
        properties.headers["x-death"] = .array([.table(["reason": .string("delivery_limit")])])
        properties.timestamp = 1_795_000_000
        let found = letter(Self.delivery(properties, Array("{}".utf8)))
        #expect(found.reason == "delivery_limit" && !found.detail.isEmpty)
        #expect(found.at?.description == "2026-11-18T11:06:40.000Z")
    }

    @Test func everyFilterMustMatch() {
        let found = letter(delivery("x", document: "d"))
        #expect(LetterFilter().matches(found))
        #expect(
            LetterFilter(ids: [found.id], source: "jira", document: "d", reason: "undecodable", run: "r1")
                .matches(found))
        for filter in [
            LetterFilter(ids: ["other"]), LetterFilter(source: "confluence"), LetterFilter(document: "e"),
            LetterFilter(reason: "und"), LetterFilter(source: "jira", run: "r2"),
        ] { #expect(!filter.matches(found)) }
    }

    @Test func idsAreUniqueAndCopiesAreKnown() {
        var identities = LetterIdentities()
        let first = identities.identify(delivery("one"))
        #expect(identities.identify(delivery("two")).id != first.id, "two parts of one message")
        #expect(identities.identify(delivery("one")) == (first.id, true))
        // Foreign messages with the same id, or none, are several.
        for message in ["m1", nil] {
            let foreign = Self.delivery(MessageProperties(messageID: message), Array("one".utf8))
            let ids = (0..<3).map { _ in identities.identify(foreign) }
            #expect(Set(ids.map(\.id)).count == 3 && !ids.contains { $0.isCopy })
        }
        let unnamed = [delivery("one", message: nil), delivery("one", message: nil)].map { identities.identify($0) }
        #expect(unnamed[0].id != unnamed[1].id)
    }

    @Test func replayRestoresTheMessageAndTheNextDeathIsTheSameLetter() {
        let dead = delivery("one", document: "d")
        let replay = DeadLetter.replay(
            of: dead.body, properties: dead.properties, to: .documents, topology: Self.topology)
        #expect(replay.routingKey == "documents.again" && replay.properties.messageID == "m1")
        #expect(
            replay.properties.headers == [
                "x-run": .string("r1"), "x-source": .string("jira"), "x-attempt": .int(1),
            ])
        let again = DeadLetter(stage: .documents, fault: Fault("x", ""), documentID: nil).publishing(
            of: replay.body, properties: replay.properties, topology: Self.topology)
        #expect(again.properties.messageID == dead.properties.messageID)
    }

    @Test func jsonHasTheContractsMembers() throws {
        let found = letter(delivery("x", document: "d"))
        let list = try JSONElement(parsing: Letter.json([found]))
        let members = try #require(list.array?.map { $0 }.first?.object).map(\.key)
        #expect(
            members == ["id", "queue", "reason", "detail", "document_id", "source", "attempt", "run", "at"])
        #expect(String(decoding: Letter.json([]), as: UTF8.self) == "[]")
    }

    @Test func tableShowsNoControlCharacters() {
        let terminal = Terminal(isInteractive: false, usesColor: false, columns: 80)
        let text = Letter.text([letter(delivery("x", document: "d\u{1B}[2J"))], for: terminal)
        #expect(!text.contains("\u{1B}") && text.contains("undecodable"))
        #expect(Letter.text([], for: terminal) == "No dead letters.")
    }

    @Test func viewHidesTheBodyUnlessAsked() {
        let dead = delivery("{\"documents\":[{\"id\":\"a\",\"content\":\"secret, {\\\"x\\\"\"}],\"n\":[]}")
        let hidden = LetterView(letter(dead), dead.properties, body: dead.body, showsBody: false)
        #expect(!hidden.text.contains("secret") && !String(decoding: hidden.json, as: UTF8.self).contains("secret"))
        let shown = LetterView(letter(dead), dead.properties, body: dead.body, showsBody: true)
        #expect(shown.text.hasSuffix("      \"content\": \"secret, {\\\"x\\\"\"\n    }\n  ],\n  \"n\": []\n}"))
        let broken = LetterView(letter(dead), dead.properties, body: [0x1B, 0xFF], showsBody: true)
        #expect(!broken.text.contains("\u{1B}") && (try? JSONElement(parsing: broken.json)) != nil)
    }
}
