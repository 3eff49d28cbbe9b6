import Shared

/// `ohra trace` as a page.
struct TracePage {
    private let document: String
    private let since: String

    init(_ query: FormFields) {
        document = (query["document"] ?? "").filter { !$0.isWhitespace }
        since = query["since"] ?? ""
    }

    func page(_ desk: ConsoleDesk) async throws -> Page {
        guard !document.isEmpty else { return Page(.trace, form) }
        let start = since.isEmpty ? nil : WindowMoment(since)
        guard since.isEmpty || start != nil else {
            return Page(
                .trace, "\(form)<p class=\"verdict bad\">‘\(since)’ is no date; 2026-11-25 or 2026-11-25T09:00 is.</p>")
        }
        let id = try await desk.registry.resolve(document)
        let view = TraceView(
            try await withProgress("journal", unit: "messages") { try await desk.tracer(of: id, since: start).run($0) })
        return Page(.trace, "\(form)\n\(content(view))")
    }

    private var form: HTML {
        """
        <form action="/trace" method="get" class="line">
        <input name="document" class="wide" value="\(document)" placeholder="Id or URL of a document" aria-label="document" required autofocus>
        <input name="since" value="\(since)" placeholder="journal since, e.g. 2026-11-25" aria-label="since" size="24">
        <button>Trace</button>
        </form>
        """
    }

    private func content(_ view: TraceView) -> HTML {
        let marker = view.trace.marker
        let title: HTML = marker.map { "<h2>\($0.title)</h2>\n<p class=\"faint\">\($0.url)</p>" } ?? ""
        let tables = [view.registry, view.points, view.journal].filter { !$0.isEmpty }.map { HTML($0) }
        let letters = view.trace.dead.map(\.letter)
        let dead: HTML =
            letters.isEmpty
            ? "" : HTML(Letter.table(letters)) { "/dead/letter?id=\(letters[$0].id.percentEncoded)" }
        let begin = view.trace.journalBegin.map { "The journal was read from \($0) on." } ?? "The journal is empty."
        return """
            \(title)
            <p class="verdict \(mood(view.verdict.state))"><strong>\(view.verdict.state.rawValue)</strong> \(view.verdict.text)</p>
            \(tables)
            \(dead)
            <p class="faint">\(begin)</p>
            """
    }

    private func mood(_ state: TraceVerdict.State) -> String {
        switch state {
        case .loaded, .deleted: "good"
        case .pending, .unknown: "plain"
        case .dead, .inconsistent: "bad"
        }
    }
}
