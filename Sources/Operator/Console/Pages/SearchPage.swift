import Platforms
import Shared

/// `ohra search` as a page.
struct SearchPage {
    private static let limits = ["5", "10", "25", "50"]

    private let words: String
    private let mode: SearchMode
    private let source: String
    private let limit: String

    init(_ query: FormFields) {
        words = query["q"] ?? ""
        mode = query["by"].flatMap(SearchMode.init(rawValue:)) ?? .both
        source = query["source"] ?? ""
        limit = query["limit"].flatMap { Self.limits.contains($0) ? $0 : nil } ?? "10"
    }

    func page(_ desk: ConsoleDesk) async throws -> Page {
        guard words.contains(where: { !$0.isWhitespace }) else { return Page(.search, form) }
        let hits = try await desk.hits(
            for: words, by: mode, source: source.isEmpty ? nil : source, limit: Int(limit) ?? 10)
        let found: HTML = hits.isEmpty ? "<p>Nothing found.</p>" : "<ol class=\"hits\">\n\(hits.map(item))</ol>"
        return Page(.search, "\(form)\n\(found)")
    }

    private var form: HTML {
        let modes = SearchMode.allCases.map { ($0.rawValue, $0 == .both ? "meaning and words" : $0.rawValue) }
        let sources = [("", "every source")] + SourceRegistry.names.map { ($0, $0) }
        return """
            <form action="/search" method="get" class="line">
            <input type="search" name="q" class="wide" value="\(words)" placeholder="A question or some words" aria-label="words" autofocus>
            \(HTML.select("by", modes, chosen: mode.rawValue))
            \(HTML.select("source", sources, chosen: source))
            \(HTML.select("limit", Self.limits.map { ($0, "\($0) hits") }, chosen: limit))
            <button>Search</button>
            </form>
            """
    }

    private func item(_ hit: SearchHit) -> HTML {
        // Of a link from a document nothing but web addresses: `javascript:` is one, too.
        let isWeb = hit.url.hasPrefix("https://") || hit.url.hasPrefix("http://")
        let title: HTML = isWeb ? "<a href=\"\(hit.url)\" rel=\"noreferrer\">\(hit.title)</a>" : "\(hit.title)"
        let score = "\((hit.score * 1000).rounded() / 1000)"
        return """
            <li><h2>\(title)</h2>
            <p class="faint">\(hit.source) · score \(score) · chunk \(hit.chunkIndex) ·
            <a href="/trace?document=\(hit.documentID.percentEncoded)">\(hit.documentID)</a></p>
            <p>\(hit.excerpt(width: 400))</p></li>

            """
    }
}
