import Shared

/// Converts the Atlassian document format (Jira Cloud, and Confluence's newer bodies) to Markdown.
///
/// Nodes it does not know give their content and their text. Nodes nested deeper than ``BodyLimits/maximumDepth`` give their text
/// only. Schema: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
struct ADFConverter {
    /// The Markdown of a document; empty for null.
    static func markdown(_ document: JSONElement) -> String { MarkdownWriter.markdown(blocks(document)) }

    static func blocks(_ document: JSONElement) -> [MarkdownBlock] {
        // API version 2 and imported issues have plain text here.
        if let text = document.string { return plain(text) }
        return FlowBuilder.blocks { flow in
            let converter = ADFConverter()
            // A body may be one node, or a list of them, as the editor copies them.
            if let nodes = document.array {
                for node in nodes where node.isObject { converter.convert(node, depth: 1, into: &flow) }
            } else {
                converter.convert(document, depth: 0, into: &flow)
            }
        }
    }

    /// Whether somewhere nodes are nested deeper than is kept.
    static func isTooDeep(_ document: JSONElement) -> Bool {
        var pending = [(document, 0)]
        while let (node, depth) = pending.popLast() {
            guard let children = node["content"]?.array else { continue }
            if depth > BodyLimits.maximumDepth { return true }
            for child in children where child.isObject { pending.append((child, depth + 1)) }
        }
        return false
    }

    private static func plain(_ text: String) -> [MarkdownBlock] {
        FlowBuilder.blocks { flow in
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                line.isEmpty ? flow.endParagraph() : flow.text(String(line))
                flow.lineBreak()
            }
        }
    }

    func blocks(of node: JSONElement, depth: Int) -> [MarkdownBlock] {
        FlowBuilder.blocks { convertContent(of: node, depth: depth, into: &$0) }
    }

    func runs(of node: JSONElement, depth: Int) -> [InlineRun] {
        FlowBuilder.runs { convertContent(of: node, depth: depth, into: &$0) }
    }

    func convertContent(of node: JSONElement, depth: Int, into flow: inout FlowBuilder) {
        guard let children = node["content"]?.array else { return }
        for child in children where child.isObject {
            if depth < BodyLimits.maximumDepth {
                convert(child, depth: depth + 1, into: &flow)
            } else {
                flow.text(Self.allText(of: child) + " ")
            }
        }
    }

    func convert(_ node: JSONElement, depth: Int, into flow: inout FlowBuilder) {
        let type = node["type"]?.string ?? ""
        if convertInline(node, type, into: &flow) { return }
        let attributes = node["attrs"]
        switch type {
        case "paragraph", "caption", "layoutSection", "layoutColumn", "bodiedSyncBlock", "extensionFrame":
            flow.endParagraph()
            convertContent(of: node, depth: depth, into: &flow)
            flow.endParagraph()
        case "heading": flow.add(.heading(level: attributes?["level"]?.int ?? 1, runs(of: node, depth: depth)))
        case "bulletList": flow.add(.list(start: nil, items(of: node, depth: depth)))
        case "orderedList":
            let start = min(max(attributes?["order"]?.int ?? 1, 0), 999_999)
            flow.add(.list(start: start, items(of: node, depth: depth)))
        case "taskList", "decisionList": flow.add(.list(start: nil, items(of: node, depth: depth)))
        case "codeBlock":
            let language = CodeLanguage.word(attributes?["language"]?.string ?? "")
            flow.add(.code(language: language, text: CodeText.prepare(Self.allText(of: node))))
        case "blockquote": flow.add(.quote(blocks(of: node, depth: depth)))
        case "rule": flow.add(.rule)
        case "panel":
            let kind = PanelKind.label(ofADF: attributes?["panelType"]?.string ?? "")
            flow.add(.panel(kind: kind, title: nil, blocks(of: node, depth: depth)))
        case "expand", "nestedExpand":
            let title = attributes?["title"]?.string.map { TextCleaner.clean($0).onOneLine } ?? ""
            flow.add(.panel(kind: nil, title: title.isEmpty ? "Details" : title, blocks(of: node, depth: depth)))
        case "table": flow.add(.table(table(node, depth: depth)))
        case "mediaSingle", "mediaGroup":
            flow.endParagraph()
            convertMedia(node, depth: depth, into: &flow)
            flow.endParagraph()
        case "blockCard", "embedCard", "applicationCard":
            flow.endParagraph()
            card(attributes, into: &flow)
            flow.endParagraph()
        case "extension", "bodiedExtension", "inlineExtension", "multiBodiedExtension":
            convertExtension(node, depth: depth, into: &flow)
        default: convertContent(of: node, depth: depth, into: &flow)
        }
    }

    /// Items of all four kinds of list; a list inside a list belongs to the item before it.
    private func items(of list: JSONElement, depth: Int) -> [MarkdownBlock.ListItem] {
        var items: [MarkdownBlock.ListItem] = []
        guard let children = list["content"]?.array else { return [] }
        for child in children where child.isObject {
            switch child["type"]?.string {
            case "listItem": items.append(.init(blocks: blocks(of: child, depth: depth + 1)))
            case "taskItem", "blockTaskItem":
                let isDone = child["attrs"]?["state"]?.string == "DONE"
                items.append(.init(isDone: isDone, blocks: blocks(of: child, depth: depth + 1)))
            case "decisionItem":
                items.append(.decision(blocks(of: child, depth: depth + 1)))
            default:
                let nested = FlowBuilder.blocks { convert(child, depth: depth + 1, into: &$0) }
                if nested.isEmpty { continue }
                if items.isEmpty { items.append(.init(blocks: [])) }
                items[items.count - 1].blocks += nested
            }
        }
        return items
    }

    private func table(_ node: JSONElement, depth: Int) -> MarkdownTable {
        var builder = TableBuilder()
        guard let rows = node["content"]?.array else { return builder.table }
        // The column of numbers is drawn by the editor and not in the document.
        let isNumbered = node["attrs"]?["isNumberColumnEnabled"]?.bool == true
        var number = 0
        for row in rows where row["type"]?.string == "tableRow" {
            builder.startRow()
            guard let cells = row["content"]?.array else { continue }
            if isNumbered {
                let isHeader = number == 0 && Array(cells).allSatisfy { $0["type"]?.string == "tableHeader" }
                if !isHeader { number += 1 }
                let runs: [InlineRun] = isHeader ? [] : [.text("\(number)")]
                builder.add([.paragraph(runs)], isHeader: isHeader, columns: 1, rows: 1)
            }
            for cell in cells where cell.isObject {
                builder.add(
                    blocks(of: cell, depth: depth + 2), isHeader: cell["type"]?.string == "tableHeader",
                    columns: cell["attrs"]?["colspan"]?.int ?? 1, rows: cell["attrs"]?["rowspan"]?.int ?? 1)
            }
        }
        return builder.table
    }

    /// Images and files with what is said about them: the files' contents are behind another API.
    private func convertMedia(_ node: JSONElement, depth: Int, into flow: inout FlowBuilder) {
        guard let children = node["content"]?.array else { return }
        for child in children where child.isObject {
            if child["type"]?.string == "caption" {
                flow.endParagraph()
                flow.caption(runs(of: child, depth: depth + 1))
            } else {
                convert(child, depth: depth + 1, into: &flow)
            }
        }
    }

    /// All text below a node, blocks told apart by blanks. The depth of what was parsed is bounded by the parser.
    static func allText(of node: JSONElement) -> String {
        var result = ""
        var pending = [node]
        while let next = pending.popLast() {
            if let text = next["text"]?.string { result += text }
            if next["type"]?.string == "hardBreak" { result += "\n" }
            if let children = next["content"]?.array { pending += Array(children).reversed() }
        }
        return result
    }
}
