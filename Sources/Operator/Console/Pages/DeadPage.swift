import Platforms
import Shared

/// `ohra dead list` as a page, with what can be done about the letters.
struct DeadPage {
    /// Rows of the table; the buttons for all mean all.
    private static let most = 500

    private let choice: DeadChoice
    private let notice: String?

    init(_ query: FormFields) {
        choice = DeadChoice(query)
        notice = query["done"].flatMap { word in
            guard let action = DeadAction.Kind(rawValue: word), let count = query["count"].flatMap(Int.init) else {
                return nil
            }
            return "\(action.past) \(DeadCount.text(count))."
        }
    }

    func page(_ desk: ConsoleDesk) async throws -> Page {
        let letters = try await desk.deadLetters.limited(to: choice.stages).list(choice.filter())
        let said: HTML = notice.map { "<p class=\"verdict good\">\($0)</p>" } ?? ""
        let list: HTML =
            letters.isEmpty ? "<p>No dead letters\(choice.isNarrow ? " that match" : "").</p>" : form(letters)
        return Page(.dead, "\(said)\n\(filter)\n\(list)")
    }

    private var filter: HTML {
        let queues = [("", "both queues")] + Topology.Stage.allCases.map { ($0.rawValue, $0.rawValue) }
        let sources = [("", "every source")] + SourceRegistry.names.map { ($0, $0) }
        return """
            <form action="/dead" method="get" class="line">
            \(HTML.select("queue", queues, chosen: choice.queue))
            \(HTML.select("source", sources, chosen: choice.source))
            <input name="reason" value="\(choice.reason)" placeholder="reason" aria-label="reason" size="18">
            <input name="document" class="wide" value="\(choice.document)" placeholder="document id" aria-label="document">
            <input name="run" value="\(choice.run)" placeholder="run" aria-label="run" size="24">
            <button>Filter</button>
            </form>
            """
    }

    private func form(_ letters: [Letter]) -> HTML {
        let shown = letters.prefix(Self.most)
        let rest: HTML =
            letters.count > shown.count ? "<p class=\"faint\">The first \(shown.count) of \(letters.count).</p>" : ""
        return """
            <form action="/dead" method="post">
            \(choice.hidden)
            <p class="buttons">
            <button name="action" value="replay">Replay chosen</button>
            <button name="action" value="discard">Discard chosen</button>
            <button name="action" value="replay-all">Replay all \(letters.count)</button>
            <button name="action" value="discard-all">Discard all \(letters.count)</button>
            </p>
            <div class="scroll"><table>
            <thead><tr><th><input type="checkbox" data-all="id" aria-label="choose all"></th><th>id</th><th>queue</th><th>reason</th>
            <th>document</th><th>source</th><th class="right">attempt</th><th>at</th></tr></thead>
            <tbody>
            \(shown.map(row))
            </tbody></table></div>
            \(rest)
            </form>
            """
    }

    private func row(_ letter: Letter) -> HTML {
        let document: HTML =
            letter.documentID.map { "<a href=\"/trace?document=\($0.percentEncoded)\">\($0)</a>" }
            ?? "\(letter.documents.isEmpty ? "" : "\(letter.documents.count) documents")"
        return """
            <tr><td><input type="checkbox" name="id" value="\(letter.id)" aria-label="choose"></td>
            <td><a href="/dead/letter?id=\(letter.id.percentEncoded)">\(String(letter.id.prefix(8)))</a></td>
            <td>\(letter.stage.rawValue)</td>
            <td class="wrap">\(letter.reason)<br><small>\(letter.detail)</small></td>
            <td>\(document)</td><td>\(letter.source)</td>
            <td class="right">\(letter.attempt)</td><td>\(letter.at?.description ?? "")</td></tr>

            """
    }
}
