/// One macro: its parameters and bodies, and what it becomes.
///
/// A macro that is not known keeps its body; one without a body says nothing.
struct StorageMacro {
    private let element: MarkupElement
    private let name: String
    private let links: StorageLinks

    init(_ element: MarkupElement, links: StorageLinks) {
        self.element = element
        name = element["ac:name"]?.lowercased() ?? ""
        self.links = links
    }

    func convert(with converter: HTMLConverter, into flow: inout FlowBuilder) {
        switch name {
        case "info", "note", "warning", "tip":
            flow.add(.panel(kind: PanelKind.label(ofMacro: name), title: text("title"), body(converter)))
        case "panel": flow.add(.panel(kind: nil, title: text("title"), body(converter)))
        case "expand", "ui-expand": flow.add(.panel(kind: nil, title: text("title") ?? "Details", body(converter)))
        case "code": code(language: text("language") ?? "", into: &flow)
        case "noformat": code(language: "", into: &flow)
        case "mermaid", "mermaid-cloud", "mermaid-macro": code(language: "mermaid", into: &flow)
        case "plantuml", "plantumlcloud", "plantumlrender": code(language: "plantuml", into: &flow)
        case "html", "html-bobswift": code(language: "html", into: &flow)
        case "markdown", "markdown-macro": code(language: "markdown", into: &flow)
        case "mathblock", "mathinline", "eazy-math-inline", "easy-math-block", "latex-inline", "latexmath":
            formula(into: &flow)
        case "status":
            if let title = text("title") { flow.text("[\(title)]") }
        case "jira", "jiraissues":
            if let key = text("key") {
                flow.text(key)
            } else if let query = text("jqlquery") {
                flow.code(query)
            }
        case "include", "excerpt-include":
            if let link = parameter("")?.first("ac:link") {
                links.convert(link, with: converter, into: &flow)
            } else if let page = parameter("")?.first("ri:page") {
                links.convert(page: page, with: converter, into: &flow)
            }
        case "view-file", "viewpdf", "viewdoc", "viewxls", "viewppt", "multimedia":
            if let file = parameter("name")?.first("ri:attachment")?["ri:filename"] { flow.text(" \(file) ") }
        case "drawio", "inc-drawio", "gliffy":
            if let diagram = text("diagramname") ?? text("name") { flow.image(alt: diagram, address: nil) }
        case "widget", "iframe":
            if let address = parameter("url")?.first("ri:url")?["ri:value"] ?? text("url") {
                flow.linked(address) { $0.text(address) }
            }
        case "profile", "user-profile":
            if let user = parameter("user")?.first("ri:user") { flow.text(links.mention(user)) }
        // Made anew on every view out of other pages, or invisible.
        case "toc", "toc-zone", "anchor", "children", "pagetree", "recently-updated", "contentbylabel", "blog-posts",
            "attachments", "gallery", "livesearch", "pagetreesearch", "contributors", "change-history", "labels-list":
            if name == "toc-zone" { fallThroughToBody(converter, into: &flow) }
        default: fallThroughToBody(converter, into: &flow)
        }
    }

    private func fallThroughToBody(_ converter: HTMLConverter, into flow: inout FlowBuilder) {
        if let rich = element.first("ac:rich-text-body") {
            converter.convert(rich, into: &flow)
        } else {
            code(language: "", into: &flow)
        }
    }

    private func body(_ converter: HTMLConverter) -> [MarkdownBlock] {
        if let rich = element.first("ac:rich-text-body") { return converter.blocks(of: rich) }
        return plainBody.map { [.code(language: "", text: $0)] } ?? []
    }

    private func code(language: String, into flow: inout FlowBuilder) {
        if let title = text("title") { flow.add(.paragraph([.strong(TextCleaner.clean(title))])) }
        if let text = plainBody { flow.add(.code(language: CodeLanguage.word(language), text: text)) }
    }

    private func formula(into flow: inout FlowBuilder) {
        guard let formula = plainBody ?? text("body") ?? text("equation") else { return }
        name.contains("inline") ? flow.code(formula) : flow.add(.code(language: "math", text: formula))
    }

    private var plainBody: String? { element.first("ac:plain-text-body").map { HTMLConverter.code($0.text) } }

    /// A parameter by its name in lower case; nil when it is missing.
    private func parameter(_ name: String) -> MarkupElement? {
        element.elements.first { $0.name == "ac:parameter" && ($0["ac:name"] ?? "").lowercased() == name }
    }

    private func text(_ name: String) -> String? {
        guard let text = parameter(name)?.text.trimmed, !text.isEmpty else { return nil }
        return text
    }
}
