/// Converts Confluence's storage format to Markdown.
///
/// The HTML in it is ``HTMLConverter``'s; here are the `ac:` and `ri:` elements: macros, links, images, tasks, layouts.
/// Format: https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html
struct StorageConverter: HTMLConverter.Dialect {
    typealias Context = BodyContext

    var context = Context()

    static func markdown(_ storage: [UInt8], context: Context = Context()) -> String {
        markdown(MarkupTree(parsing: storage, isHTML: false), context: context)
    }

    static func markdown(_ tree: MarkupTree, context: Context = Context()) -> String {
        let converter = HTMLConverter(dialect: StorageConverter(context: context))
        return MarkdownWriter.markdown(converter.blocks(of: tree.root))
    }

    func convert(_ element: MarkupElement, with converter: HTMLConverter, into flow: inout FlowBuilder) -> Bool {
        switch element.name {
        case .structuredMacro, .macro:
            StorageMacro(element, links: StorageLinks(context: context)).convert(with: converter, into: &flow)
        case .pageLink: StorageLinks(context: context).convert(element, with: converter, into: &flow)
        case .image: convert(image: element, with: converter, into: &flow)
        case .emoticon: flow.text(Emoticon.text(of: element))
        case .taskList: flow.add(.list(start: nil, tasks(of: element, with: converter)))
        case .adfExtension: convert(extension: element, with: converter, into: &flow)
        case .layout, .layoutSection, .layoutCell, .richTextBody, .adfContent:
            flow.endParagraph()
            converter.convertChildren(of: element, into: &flow)
            flow.endParagraph()
        // Instructions of templates, settings and decorations: no text of the page.
        case .placeholder, .parameter, .defaultParameter, .adfMark, .adfAttribute, .taskID, .taskUUID, .taskStatus:
            break
        default: return false
        }
        return true
    }

    private func convert(image element: MarkupElement, with converter: HTMLConverter, into flow: inout FlowBuilder) {
        let file = element.first(.attachment)?["ri:filename"]
        let address = element.first(.url)?["ri:value"]
        let alt = (element["ac:alt"] ?? element["ac:title"] ?? "").trimmed
        // A file's name says little more than once; where it is all there is, it stands as text, as in ADF.
        let named = alt.isEmpty ? file ?? "" : alt
        flow.image(alt: named, address: named == file ? nil : file ?? address)
        if let caption = element.first(.imageCaption) { flow.caption(converter.runs(of: caption)) }
    }

    private func tasks(of list: MarkupElement, with converter: HTMLConverter) -> [MarkdownBlock.ListItem] {
        var items: [MarkdownBlock.ListItem] = []
        for element in list.elements {
            if element.name == .task {
                let isDone = element.first(.taskStatus)?.text.trimmed == "complete"
                items.append(.init(isDone: isDone, blocks: element.first(.taskBody).map(converter.blocks) ?? []))
            } else {
                // A list in a list belongs to the task before it.
                let blocks = FlowBuilder.blocks { converter.convert(element, into: &$0) }
                if blocks.isEmpty { continue }
                if items.isEmpty { items.append(.init(isDone: false, blocks: [])) }
                items[items.count - 1].blocks += blocks
            }
        }
        return items
    }

    /// Nodes of the new editor that storage format has no macro for, the purple note panel first of all.
    ///
    /// Their text stands twice in the body, once as a fallback for programs that do not know them; it is taken once.
    private func convert(extension element: MarkupElement, with converter: HTMLConverter, into flow: inout FlowBuilder)
    {
        let nodes = FlowBuilder.blocks { flow in
            for node in element.elements where node.name == .adfNode {
                convert(node: node, with: converter, into: &flow)
            }
        }
        if !nodes.isEmpty {
            flow.add(nodes)
        } else if let fallback = element.first(.adfFallback) {
            converter.convertChildren(of: fallback, into: &flow)
        } else {
            converter.convertChildren(of: element, into: &flow)
        }
    }

    private func convert(node: MarkupElement, with converter: HTMLConverter, into flow: inout FlowBuilder) {
        let kind = node.elements.first { $0.name == .adfAttribute && $0["key"] == "panel-type" }?.text.trimmed
        let content = FlowBuilder.blocks { flow in
            for child in node.elements {
                switch child.name {
                case .adfNode: convert(node: child, with: converter, into: &flow)
                case .adfContent: converter.convertChildren(of: child, into: &flow)
                default: break
                }
            }
        }
        switch node["type"] {
        case "panel": flow.add(.panel(kind: PanelKind.label(ofADF: kind ?? ""), title: nil, content))
        case "decision-item": flow.add(.list(start: nil, [.decision(content)]))
        case "blockquote": flow.add(.quote(content))
        default: flow.add(content)
        }
    }
}
