/// One macro, whichever form it came in: its parameters and bodies, and what it becomes.
///
/// A macro that is not known keeps its body; one without a body says nothing.
struct Macro {
    /// In lower case.
    let name: String
    /// The text of a parameter by its name in lower case; nil when it is missing or blank. The unnamed one is "".
    let parameter: (String) -> String?
    /// The body as blocks; nil when there is none.
    var richBody: () -> [MarkdownBlock]? = { nil }
    /// The body as it stands, see ``CodeText``; nil when there is none.
    var plainBody: () -> ArraySlice<UInt8>? = { nil }

    func convert(into flow: inout FlowBuilder) {
        switch name {
        case "info", "note", "warning", "tip", "success", "error":
            flow.add(.panel(kind: PanelKind.label(ofMacro: name), title: parameter("title"), body))
        case "panel":
            let kind = parameter("bgcolor").flatMap(PanelKind.label(ofColour:))
            flow.add(.panel(kind: kind, title: parameter("title"), body))
        case "expand", "ui-expand":
            flow.add(.panel(kind: nil, title: parameter("title") ?? parameter("") ?? "Details", body))
        case "quote": flow.add(.quote(body))
        case "code", "code-block":
            code(language: parameter("language") ?? parameter("lang") ?? parameter("") ?? "", into: &flow)
        case "noformat", "preformatted": code(language: "", into: &flow)
        case "mermaid", "mermaid-cloud", "mermaid-macro": code(language: "mermaid", into: &flow)
        case "plantuml", "plantumlcloud", "plantumlrender": code(language: "plantuml", into: &flow)
        case "html", "html-bobswift": code(language: "html", into: &flow)
        case "markdown", "markdown-macro": code(language: "markdown", into: &flow)
        case "mathblock", "mathinline", "eazy-math-inline", "easy-math-block", "latex-inline", "latexmath":
            formula(into: &flow)
        case "status": if let title = parameter("title") { flow.text("[\(title)]") }
        case "jira", "jiraissues":
            if let key = parameter("key") ?? parameter("") {
                flow.text(key)
            } else if let query = parameter("jqlquery") {
                flow.code(query)
            }
        case "view-file", "viewpdf", "viewdoc", "viewxls", "viewppt", "multimedia":
            if let file = parameter("name") { flow.text(" \(file) ") }
        case "drawio", "inc-drawio", "gliffy":
            if let diagram = parameter("diagramname") ?? parameter("name") { flow.image(alt: diagram, address: nil) }
        case "widget", "iframe": if let address = parameter("url") { flow.linked(address) { $0.text(address) } }
        // Made anew on every view out of other pages, or invisible.
        case "toc", "anchor", "children", "pagetree", "recently-updated", "contentbylabel", "blog-posts", "attachments",
            "gallery", "livesearch", "pagetreesearch", "contributors", "change-history", "labels-list", "style", "css":
            break
        default:
            flow.endParagraph(unless: isInline)
            keepBody(into: &flow)
            flow.endParagraph(unless: isInline)
        }
    }

    /// An excerpt and the like may stand in the middle of a sentence.
    var isInline = false

    private func keepBody(into flow: inout FlowBuilder) {
        if let blocks = richBody() {
            if isInline, case .paragraph(let runs)? = blocks.first, blocks.count == 1 {
                flow.append(runs)
            } else {
                flow.add(blocks)
            }
        } else {
            code(language: "", into: &flow)
        }
    }

    private var body: [MarkdownBlock] { richBody() ?? plainBody().map { [.code(language: "", text: $0)] } ?? [] }

    private func code(language: String, into flow: inout FlowBuilder) {
        if let title = parameter("title") { flow.add(.paragraph([.text(title, .strong)])) }
        if let text = plainBody() { flow.add(.code(language: CodeLanguage.word(language), text: text)) }
    }

    private func formula(into flow: inout FlowBuilder) {
        guard let formula = plainBody() ?? (parameter("body") ?? parameter("equation")).map(CodeText.prepare) else {
            return
        }
        name.contains("inline") ? flow.code(formula) : flow.add(.code(language: "math", text: formula))
    }
}
