/// Converts Confluence's storage format to Markdown.
///
/// The HTML in it is ``HTMLConverter``'s; here are the `ac:` and `ri:` elements: macros, links, images, tasks, layouts.
/// Format: https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html
struct StorageConverter: HTMLConverter.Dialect {
    /// What a body alone does not say.
    struct Context: Sendable {
        /// The site with its context path, to make page links; nil leaves only their text.
        var site: String?
        /// The space that links without a space key mean.
        var spaceKey: String?
        /// Display names by account id or user key.
        var people: [String: String] = [:]
    }

    var context = Context()

    static func markdown(_ storage: [UInt8], context: Context = Context()) -> String {
        MarkdownWriter.markdown(blocks(storage, context: context))
    }

    static func blocks(_ storage: [UInt8], context: Context = Context()) -> [MarkdownBlock] {
        let root = MarkupTree.parse(storage, isHTML: false)
        return HTMLConverter(dialect: StorageConverter(context: context)).blocks(of: root)
    }

    func convert(_ element: MarkupElement, with converter: HTMLConverter, into flow: inout FlowBuilder) -> Bool {
        switch element.name {
        case "ac:structured-macro", "ac:macro":
            StorageMacro(element, links: StorageLinks(context: context)).convert(with: converter, into: &flow)
        case "ac:link": StorageLinks(context: context).convert(element, with: converter, into: &flow)
        case "ac:image": convert(image: element, with: converter, into: &flow)
        case "ac:emoticon": flow.text(Emoticon.text(of: element))
        case "ac:task-list": flow.add(.list(start: nil, tasks(of: element, with: converter)))
        case "ac:adf-extension": convert(extension: element, with: converter, into: &flow)
        case "ac:layout", "ac:layout-section", "ac:layout-cell", "ac:rich-text-body", "ac:adf-content":
            flow.endParagraph()
            converter.convertChildren(of: element, into: &flow)
            flow.endParagraph()
        // Instructions of templates, settings and decorations: no text of the page.
        case "ac:placeholder", "ac:parameter", "ac:default-parameter", "ac:adf-mark", "ac:adf-attribute", "ac:task-id",
            "ac:task-uuid", "ac:task-status":
            break
        default:
            guard element.name.hasPrefix("ac:") || element.name.hasPrefix("ri:") else { return false }
            converter.convertChildren(of: element, into: &flow)
        }
        return true
    }

    private func convert(image element: MarkupElement, with converter: HTMLConverter, into flow: inout FlowBuilder) {
        let file = element.first("ri:attachment")?["ri:filename"]
        let address = element.first("ri:url")?["ri:value"]
        let alt = (element["ac:alt"] ?? element["ac:title"] ?? "").trimmed
        // A file's name says little more than once; where it is all there is, it stands as text, as in ADF.
        let named = alt.isEmpty ? file ?? "" : alt
        flow.image(alt: named, address: named == file ? nil : file ?? address)
        guard let caption = element.first("ac:caption") else { return }
        let runs = converter.runs(of: caption)
        if MarkdownBlock.paragraph(runs).isEmpty { return }
        flow.endParagraph()
        flow.styled(.emphasis) { flow in
            for run in runs {
                var run = run
                run.marks.styles.insert(.emphasis)
                flow.append(run)
            }
        }
        flow.endParagraph()
    }

    private func tasks(of list: MarkupElement, with converter: HTMLConverter) -> [MarkdownBlock.ListItem] {
        var items: [MarkdownBlock.ListItem] = []
        for element in list.elements {
            switch element.name {
            case "ac:task":
                let isDone = element.first("ac:task-status")?.text.trimmed == "complete"
                let blocks = element.first("ac:task-body").map(converter.blocks) ?? []
                items.append(.init(isDone: isDone, blocks: blocks))
            default:
                // A list in a list belongs to the task before it.
                let blocks = FlowBuilder.blocks { converter.convert(element, into: &$0) }
                if items.isEmpty { items.append(.init(isDone: false, blocks: [])) }
                items[items.count - 1].blocks += blocks
            }
        }
        return items
    }

    /// Nodes of the new editor that storage format has no macro for, the purple note panel first of all.
    private func convert(extension element: MarkupElement, with converter: HTMLConverter, into flow: inout FlowBuilder)
    {
        guard let node = element.first("ac:adf-node"), let content = node.first("ac:adf-content") else {
            if let fallback = element.first("ac:adf-fallback") {
                converter.convertChildren(of: fallback, into: &flow)
            } else {
                converter.convertChildren(of: element, into: &flow)
            }
            return
        }
        let attributes = node.elements.filter { $0.name == "ac:adf-attribute" }
        let kind = attributes.first { $0["key"] == "panel-type" }?.text.trimmed
        switch node["type"] {
        case "panel":
            flow.add(.panel(kind: PanelKind.label(ofADF: kind ?? ""), title: nil, converter.blocks(of: content)))
        default: converter.convertChildren(of: content, into: &flow)
        }
    }
}
