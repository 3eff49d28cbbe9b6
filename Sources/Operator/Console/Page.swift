/// A page of the console: a heading and what is below it.
struct Page: Sendable {
    /// What the navigation leads to.
    enum Tab: String, CaseIterable, Sendable {
        case overview = "/"
        case search = "/search"
        case dead = "/dead"
        case trace = "/trace"
        case check = "/check"

        var title: String {
            switch self {
            case .overview: "Overview"
            case .search: "Search"
            case .dead: "Dead letters"
            case .trace: "Trace"
            case .check: "Check"
            }
        }
    }

    let title: String
    let tab: Tab?
    let content: HTML

    init(_ title: String, tab: Tab? = nil, _ content: HTML) {
        self.title = title
        self.tab = tab
        self.content = content
    }

    init(_ tab: Tab, _ content: HTML) { self.init(tab.title, tab: tab, content) }

    var html: HTML {
        let links = Tab.allCases.map { entry -> HTML in
            let current: HTML = entry == tab ? " aria-current=\"page\"" : ""
            return "<a href=\"\(entry.rawValue)\"\(current)>\(entry.title)</a>\n"
        }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title) · ohra</title>
            <link rel="stylesheet" href="/console.css">
            <script src="/console.js" defer></script>
            </head>
            <body>
            <header><strong>ohra</strong><nav>\(links)</nav></header>
            <main>
            <h1>\(title)</h1>
            \(content)
            </main>
            </body>
            </html>

            """
    }
}
