import Shared
import TestSupport
import Testing

@testable import Platforms

/// A body past what converters take is never cut unsaid. Those here are of kinds that converters pass over quickly.
@Suite(.timeLimit(.minutes(2))) struct CutBodyTests {
    private func element(_ text: String) throws -> JSONElement { try JSONElement(parsing: Array(text.utf8)) }

    @Test func aPageTellsHowMuchIsLeftOut() throws {
        func page(_ body: String) throws -> Document {
            let text = FakeWiki.page(65).replacing(#""value":"<p>Hello"#, with: #""value":"\#(body)<p>Hello"#)
            return try ConfluenceDocument(instance: "h", site: "https://h")
                .document(element(text), ConfluenceChildren(comments: [], attachments: []), readers: nil)
        }
        let cut = try page("<!--" + String(repeating: "x", count: BodyLimits.maximumSize) + "-->")
        #expect(cut.bytesLeftOut > 7 && !cut.content.contains("Hello"))
        let whole = try page("<!-- x -->")
        #expect(whole.bytesLeftOut == 0 && whole.content.contains("Hello"))
    }

    @Test func descriptionAndCommentsOfAnIssueCountTogether() throws {
        // One byte too long without the escapes of JSON.
        let (start, end) = (#"{adf}{\"type\":\"doc\",\"x\":\""#, #"\"}{adf}"#)
        let frame = (start + end).replacing("\\", with: "").utf8.count
        let long = start + String(repeating: "x", count: BodyLimits.maximumSize - frame) + end + "!"
        let issue = try element(
            #"{"id":"1","key":"OPS-1","fields":{"updated":"2025-06-02T09:14:00.000+0900","description":"\#(long)"}}"#)
        let comments = try [#""\#(long)""#, #""short""#, #"{"type":"doc"}"#].map {
            JiraComments.Comment(item: try element(#"{"id":"2","body":\#($0)}"#), restriction: nil)
        }
        let document = try JiraDocument(
            instance: "h", site: "https://h", fields: JiraFields(entries: [], configured: [])
        ).document(issue, comments: comments, access: JiraAccess())
        #expect(document.bytesLeftOut == 2)
    }
}
