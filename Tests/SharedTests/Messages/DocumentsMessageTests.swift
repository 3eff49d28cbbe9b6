import Shared
import TestSupport
import Testing

@Suite struct DocumentsMessageTests {
    @Test func bodyReadsBackTheSame() throws {
        let message = DocumentsMessage([
            DocumentChange(document: .sample("a:b:1"), epoch: 5),
            DocumentChange(document: .sample("a:b:2", content: "", scope: ""), epoch: 6, isDeleted: true),
        ])
        #expect(try DocumentsMessage(body: message.body) == message)
    }

    @Test func unknownMembersAreIgnored() throws {
        var text = String(
            decoding: DocumentsMessage([DocumentChange(document: .sample(), epoch: 5)]).body, as: UTF8.self)
        text = text.replacing("{\"documents\":[{", with: "{\"future\":[1,{}],\"documents\":[{\"later\":null,")
        #expect(try DocumentsMessage(body: Array(text.utf8)).changes.count == 1)
    }

    @Test(arguments: [
        "", "nonsense", "[]", "{}", "{\"documents\":{}}", "{\"documents\":[1]}", "{\"documents\":[{\"id\":1}]}",
        String(repeating: "[", count: 10_000), "{\"documents\":[{\"id\":\"a\",\"title\":\"\u{0}\"}]}",
    ])
    func undecodableBodyIsAFaultNotACrash(text: String) {
        #expect(throws: MessageError.self) { try DocumentsMessage(body: Array(text.utf8)) }
    }

    @Test func faultNamesTheMemberAndNotTheText() throws {
        var text = String(
            decoding: DocumentsMessage([DocumentChange(document: .sample(), epoch: 5)]).body, as: UTF8.self)
        text = text.replacing("\"revision\":7", with: "\"revision\":9007199254740992")
        let error = #expect(throws: MessageError.self) { try DocumentsMessage(body: Array(text.utf8)) }
        #expect(error?.detail == "body.documents[0].revision must be a whole number from 0 to 2^53-1")
    }

    @Test func invalidUTF8IsAFault() {
        #expect(throws: MessageError.self) {
            try DocumentsMessage(body: Array("{\"documents\":[\"".utf8) + [0xFF, 0x22])
        }
    }
}
