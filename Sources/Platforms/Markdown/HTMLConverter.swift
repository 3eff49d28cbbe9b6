/// Converts the elements that HTML and Confluence's storage format share.
///
/// Unknown elements give their content. A dialect gets every element first and handles those of its own.
struct HTMLConverter {
    /// Elements beyond HTML, such as `ac:` ones.
    protocol Dialect {
        /// - Returns: false for an element that is not of this dialect.
        func convert(_ element: MarkupElement, with converter: HTMLConverter, into flow: inout FlowBuilder) -> Bool
    }

    var dialect: (any Dialect)?

    /// The Markdown of an HTML file or fragment.
    static func markdown(_ text: [UInt8]) -> String {
        markdown(MarkupTree(parsing: text, isHTML: true))
    }

    static func markdown(_ tree: MarkupTree) -> String {
        MarkdownWriter.markdown(HTMLConverter().blocks(of: tree.root))
    }

    func blocks(of element: MarkupElement) -> [MarkdownBlock] {
        FlowBuilder.blocks { convertChildren(of: element, into: &$0) }
    }

    func runs(of element: MarkupElement) -> [InlineRun] {
        FlowBuilder.runs { convertChildren(of: element, into: &$0) }
    }

    func convertChildren(of element: MarkupElement, into flow: inout FlowBuilder) {
        for child in element.children {
            if child.isText { flow.text(child.characters) } else { convert(child, into: &flow) }
        }
    }

    func convert(_ element: MarkupElement, into flow: inout FlowBuilder) {
        if dialect?.convert(element, with: self, into: &flow) == true { return }
        if let style = Self.style(of: element.name) {
            flow.styled(style) { convertChildren(of: element, into: &$0) }
        } else if !convertBlock(element, into: &flow) {
            convertInline(element, into: &flow)
        }
    }

    private func convertInline(_ element: MarkupElement, into flow: inout FlowBuilder) {
        switch element.name {
        case .code, .kbd, .samp, .tt: flow.inCode { convertChildren(of: element, into: &$0) }
        case .br: flow.lineBreak()
        case .a:
            flow.linked(element["href"]) { convertChildren(of: element, into: &$0) }
        case .img: flow.image(alt: element["alt"] ?? element["title"] ?? "", address: element["src"])
        case .time:
            let shown = element.text
            flow.text(shown.trimmed.isEmpty ? element["datetime"] ?? "" : shown)
        case .q:
            flow.text("\u{201C}")
            convertChildren(of: element, into: &flow)
            flow.text("\u{201D}")
        case .head, .script, .style, .template, .noscript, .col, .colgroup, .object, .iframe, .select, .textarea,
            .title,
            .input:
            break
        default: convertChildren(of: element, into: &flow)
        }
    }

    /// - Returns: false when the element makes no block.
    private func convertBlock(_ element: MarkupElement, into flow: inout FlowBuilder) -> Bool {
        switch element.name {
        case .h1: heading(1, element, into: &flow)
        case .h2: heading(2, element, into: &flow)
        case .h3: heading(3, element, into: &flow)
        case .h4: heading(4, element, into: &flow)
        case .h5: heading(5, element, into: &flow)
        case .h6: heading(6, element, into: &flow)
        case .p, .div, .section, .article, .main, .header, .footer, .aside, .nav, .figure, .address, .dt, .center,
            .form,
            .fieldset, .body, .html:
            flow.endParagraph()
            convertChildren(of: element, into: &flow)
            flow.endParagraph()
        case .figcaption: flow.paragraph(runs(of: element), .emphasis)
        case .summary: flow.paragraph(runs(of: element), .strong)
        case .details, .blockquote, .dd: flow.add(.quote(blocks(of: element)))
        case .ul, .menu: flow.add(.list(start: nil, items(of: element)))
        case .ol:
            let start = element["start"].flatMap(Int.init).map { min(max($0, 0), 999_999) } ?? 1
            flow.add(.list(start: start, items(of: element)))
        case .li: flow.add(.list(start: nil, [item(element)]))
        case .pre:
            flow.add(.code(language: Self.language(of: element), text: CodeText.prepare(element.allCharacters[...])))
        case .table: flow.add(.table(table(element)))
        case .hr: flow.add(.rule)
        default: return false
        }
        return true
    }

    private func heading(_ level: Int, _ element: MarkupElement, into flow: inout FlowBuilder) {
        flow.add(.heading(level: level, runs(of: element)))
    }

    /// The items of a list; content that stands beside items becomes part of the one before, as editors nest lists so.
    private func items(of list: MarkupElement) -> [MarkdownBlock.ListItem] {
        var items: [MarkdownBlock.ListItem] = []
        for child in list.children {
            if child.name == .li {
                items.append(item(child))
                continue
            }
            let blocks = FlowBuilder.blocks { flow in
                if child.isText { flow.text(child.characters) } else { convert(child, into: &flow) }
            }
            if blocks.isEmpty { continue }
            if items.isEmpty || child.isText { items.append(.init(blocks: [])) }
            items[items.count - 1].blocks += blocks
        }
        return items
    }

    /// A box to tick at its start makes an item a task.
    private func item(_ element: MarkupElement) -> MarkdownBlock.ListItem {
        let first = element.children.first { $0.name != .text }
        let box = first?.name == .p ? first?.first(.input) : first
        let isTask = box?.name == .input && box?["type"]?.lowercased() == "checkbox"
        return .init(isDone: isTask ? box?["checked"] != nil : nil, blocks: blocks(of: element))
    }

    private func table(_ element: MarkupElement) -> MarkdownTable {
        var builder = TableBuilder()
        addRows(of: element, to: &builder)
        return builder.table
    }

    private func addRows(of element: MarkupElement, to builder: inout TableBuilder) {
        for part in element.elements {
            switch part.name {
            case .thead, .tbody, .tfoot: addRows(of: part, to: &builder)
            case .tr:
                builder.startRow()
                for cell in part.elements where cell.name == .td || cell.name == .th {
                    builder.add(
                        blocks(of: cell), isHeader: cell.name == .th || element.name == .thead,
                        columns: cell["colspan"].flatMap(Int.init) ?? 1, rows: cell["rowspan"].flatMap(Int.init) ?? 1)
                }
            case .caption:
                builder.startRow()
                builder.add(blocks(of: part), isHeader: false, columns: 1, rows: 1)
            default: break
            }
        }
    }

    /// `language-x` or `lang-x` among the classes of a `<pre>` or of the `<code>` in it.
    private static func language(of element: MarkupElement) -> String {
        let classes = "\(element["class"] ?? "") \(element.first(.code)?["class"] ?? "")"
        for word in classes.split(separator: " ") {
            for prefix in ["language-", "lang-"] where word.hasPrefix(prefix) {
                return CodeLanguage.word(String(word.dropFirst(prefix.count)))
            }
        }
        return ""
    }

    private static func style(of name: MarkupName) -> InlineMarks.Styles? {
        switch name {
        case .strong, .b: .strong
        case .em, .i, .cite, .variable: .emphasis
        case .s, .del, .strike: .strike
        case .u, .ins: .underline
        case .sub: .subscripted
        case .sup: .superscripted
        default: nil
        }
    }
}
