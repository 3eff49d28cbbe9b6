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
        let root = MarkupTree.parse(text, isHTML: true)
        return MarkdownWriter.markdown(HTMLConverter().blocks(of: root))
    }

    func blocks(of element: MarkupElement) -> [MarkdownBlock] {
        FlowBuilder.blocks { convertChildren(of: element, into: &$0) }
    }

    func runs(of element: MarkupElement) -> [InlineRun] {
        FlowBuilder.runs { convertChildren(of: element, into: &$0) }
    }

    func convertChildren(of element: MarkupElement, into flow: inout FlowBuilder) {
        for child in element.children {
            switch child {
            case .text(let text): flow.text(text)
            case .element(let element): convert(element, into: &flow)
            }
        }
    }

    func convert(_ element: MarkupElement, into flow: inout FlowBuilder) {
        if dialect?.convert(element, with: self, into: &flow) == true { return }
        if let style = Self.styles[element.name] {
            flow.styled(style) { convertChildren(of: element, into: &$0) }
        } else if !convertBlock(element, into: &flow) {
            convertInline(element, into: &flow)
        }
    }

    private func convertInline(_ element: MarkupElement, into flow: inout FlowBuilder) {
        switch element.name {
        case "code", "kbd", "samp", "tt": flow.code(element.text)
        case "br": flow.lineBreak()
        case "a":
            flow.linked(element["href"]) { convertChildren(of: element, into: &$0) }
        case "img": flow.image(alt: element["alt"] ?? element["title"] ?? "", address: element["src"])
        case "time":
            let shown = element.text
            flow.text(shown.trimmed.isEmpty ? element["datetime"] ?? "" : shown)
        case "input":
            if element["type"]?.lowercased() == "checkbox" { flow.text(element["checked"] == nil ? "[ ] " : "[x] ") }
        case "q":
            flow.text("\u{201C}")
            convertChildren(of: element, into: &flow)
            flow.text("\u{201D}")
        case "head", "script", "style", "template", "noscript", "col", "colgroup", "object", "iframe", "select",
            "textarea":
            break
        default: convertChildren(of: element, into: &flow)
        }
    }

    /// - Returns: false when the element makes no block.
    private func convertBlock(_ element: MarkupElement, into flow: inout FlowBuilder) -> Bool {
        switch element.name {
        case "h1", "h2", "h3", "h4", "h5", "h6":
            let level = Int(element.name.utf8.dropFirst().first ?? 0) - Int(UInt8(ascii: "0"))
            flow.add(.heading(level: level, runs(of: element)))
        case "p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "figure", "figcaption",
            "address",
            "dt", "summary", "center", "form", "fieldset", "body", "html":
            flow.endParagraph()
            convertChildren(of: element, into: &flow)
            flow.endParagraph()
        case "details", "blockquote", "dd": flow.add(.quote(blocks(of: element)))
        case "ul", "menu": flow.add(.list(start: nil, items(of: element)))
        case "ol":
            flow.add(
                .list(
                    start: element["start"].flatMap(Int.init).map { min(max($0, 0), 999_999) } ?? 1, items(of: element))
            )
        case "li": flow.add(.list(start: nil, [MarkdownBlock.ListItem(blocks: blocks(of: element))]))
        case "pre": flow.add(.code(language: Self.language(of: element), text: Self.code(element.text)))
        case "table": flow.add(.table(table(element)))
        case "hr": flow.add(.rule)
        default: return false
        }
        return true
    }

    /// The items of a list; content that stands beside items becomes part of the one before, as editors nest lists so.
    private func items(of list: MarkupElement) -> [MarkdownBlock.ListItem] {
        var items: [MarkdownBlock.ListItem] = []
        for child in list.children {
            switch child {
            case .element(let item) where item.name == "li": items.append(.init(blocks: blocks(of: item)))
            case .element(let other):
                let blocks = FlowBuilder.blocks { convert(other, into: &$0) }
                if blocks.isEmpty { continue }
                if items.isEmpty { items.append(.init(blocks: [])) }
                items[items.count - 1].blocks += blocks
            case .text(let text):
                let blocks = FlowBuilder.blocks { $0.text(text) }
                if !blocks.isEmpty { items.append(.init(blocks: blocks)) }
            }
        }
        return items
    }

    private func table(_ element: MarkupElement) -> MarkdownTable {
        var builder = TableBuilder()
        addRows(of: element, to: &builder)
        return builder.table
    }

    private func addRows(of element: MarkupElement, to builder: inout TableBuilder) {
        for part in element.elements {
            switch part.name {
            case "thead", "tbody", "tfoot": addRows(of: part, to: &builder)
            case "tr":
                builder.startRow()
                for cell in part.elements where cell.name == "td" || cell.name == "th" {
                    builder.add(
                        blocks(of: cell), isHeader: cell.name == "th" || element.name == "thead",
                        columns: cell["colspan"].flatMap(Int.init) ?? 1, rows: cell["rowspan"].flatMap(Int.init) ?? 1)
                }
            case "caption":
                builder.startRow()
                builder.add(blocks(of: part), isHeader: false, columns: 1, rows: 1)
            default: break
            }
        }
    }

    /// `language-x` or `lang-x` among the classes of a `<pre>` or of the `<code>` in it.
    private static func language(of element: MarkupElement) -> String {
        let classes = "\(element["class"] ?? "") \(element.first("code")?["class"] ?? "")"
        for word in classes.split(separator: " ") {
            for prefix in ["language-", "lang-"] where word.hasPrefix(prefix) {
                return CodeLanguage.word(String(word.dropFirst(prefix.count)))
            }
        }
        return ""
    }

    /// Code with the line ends at both ends dropped and invisible characters gone.
    static func code(_ text: String) -> String {
        var code = TextCleaner.clean(text)[...]
        while code.utf8.first == UInt8(ascii: "\n") { code = code.dropFirst() }
        while let last = code.utf8.last, MarkdownText.isBlank(last) { code = Substring(code.unicodeScalars.dropLast()) }
        return String(code)
    }

    private static let styles: [String: InlineMarks.Styles] = [
        "strong": .strong, "b": .strong, "em": .emphasis, "i": .emphasis, "cite": .emphasis, "var": .emphasis,
        "s": .strike, "del": .strike, "strike": .strike, "u": .underline, "ins": .underline, "sub": .subscripted,
        "sup": .superscripted,
    ]
}
