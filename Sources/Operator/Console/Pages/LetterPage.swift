import Shared

/// `ohra dead show` as a page; the documents' text only when asked for.
struct LetterPage {
    private let id: String
    private let showsBody: Bool

    init(_ query: FormFields) {
        id = query["id"] ?? ""
        showsBody = query["body"] == "yes"
    }

    func page(_ desk: ConsoleDesk) async throws -> Page {
        let view = LetterView(try await desk.deadLetters.find(id), showsBody: showsBody)
        let more: HTML =
            showsBody
            ? "" : "<a href=\"/dead/letter?id=\(id.percentEncoded)&amp;body=yes\">Show the documents' text</a>"
        return Page(
            "Dead letter", tab: .dead,
            """
            <pre>\(view.text)</pre>
            <p class="buttons">\(more)</p>
            <form action="/dead" method="post">
            <input type="hidden" name="id" value="\(id)">
            <p class="buttons"><button name="action" value="replay">Replay</button>
            <button name="action" value="discard">Discard</button></p>
            </form>
            """)
    }
}
