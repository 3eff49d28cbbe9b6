/// Converts Jira's wiki markup to Markdown.
///
/// Follows what Jira shows, whose rules are patterns over lines: a block starts with its line, a mark opens beside no letter
/// and closes on its line, a macro with a body reaches to its first end. What is not closed stays as text.
/// Syntax: https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
final class WikiConverter: Sendable {
    let context: BodyContext
    /// UTF-8 with line ends as `\n`.
    let bytes: [UInt8]

    private init(context: BodyContext, bytes: [UInt8]) {
        self.context = context
        self.bytes = bytes
    }

    static func markdown(_ text: [UInt8], context: BodyContext = BodyContext()) -> String {
        MarkdownWriter.markdown(blocks(text, context: context))
    }

    static func blocks(_ text: [UInt8], context: BodyContext = BodyContext()) -> [MarkdownBlock] {
        let converter = WikiConverter(context: context, bytes: withPlainLineEnds(BodyLimits.usable(text)))
        return FlowBuilder.blocks { converter.convert(0..<converter.bytes.count, depth: 0, into: &$0) }
    }

    private static func withPlainLineEnds(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(UInt8(ascii: "\r")) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for (index, byte) in text.enumerated() {
            if byte != UInt8(ascii: "\r") {
                result.append(byte)
            } else if index + 1 == text.count || text[index + 1] != UInt8(ascii: "\n") {
                result.append(UInt8(ascii: "\n"))
            }
        }
        return result
    }

    func blocks(_ range: Range<Int>, depth: Int, isItem: Bool = false) -> [MarkdownBlock] {
        FlowBuilder.blocks { convert(range, depth: depth, isItem: isItem, into: &$0) }
    }

    /// Converts a part of the text, from the start of a line on.
    ///
    /// - Parameter isItem: whether it is the content of an item, in which no list starts.
    func convert(_ range: Range<Int>, depth: Int, isItem: Bool = false, into flow: inout FlowBuilder) {
        guard depth < BodyLimits.maximumDepth else { return flow.text(bytes[range]) }
        var lines = WikiLines(bytes, range)
        while let line = lines.peek() {
            switch line.kind {
            case .blank:
                flow.endParagraph()
                lines.skip(line)
            case .heading(let level):
                lines.skip(line)
                let runs = FlowBuilder.runs { inline(line.content, depth: depth + 1, lines: lines.macros, into: &$0) }
                flow.add(.heading(level: level, runs))
            case .quote:
                flow.add(.quote(quote(&lines, depth: depth + 1)))
            case .rule:
                lines.skip(line)
                flow.add(.rule)
            case .item where !isItem: flow.add(list(&lines, depth: depth + 1))
            case .row: flow.add(.table(table(&lines, depth: depth + 1)))
            case .text, .item:
                let paragraph = lines.paragraph(from: line, isItem: isItem)
                inline(paragraph, depth: depth + 1, lines: lines.macros, into: &flow)
            }
        }
    }

    /// Quoted lines in a row are one quote.
    private func quote(_ lines: inout WikiLines, depth: Int) -> [MarkdownBlock] {
        FlowBuilder.blocks { flow in
            while let line = lines.peek(), case .quote = line.kind {
                lines.skip(line)
                flow.lineBreak()
                inline(line.content, depth: depth, lines: lines.macros, into: &flow)
            }
        }
    }

    private func inline(_ range: Range<Int>, depth: Int, lines macros: WikiMacros, into flow: inout FlowBuilder) {
        WikiInline.convert(range, of: self, macros: macros, depth: depth, into: &flow)
    }
}
