import Shared

/// A macro in wiki markup: what its text says about ``Macro``.
struct WikiMacro {
    private let tag: WikiMacros.Tag
    private let body: Range<Int>
    private let converter: WikiConverter
    private let depth: Int

    init(_ tag: WikiMacros.Tag, body: Range<Int>, converter: WikiConverter, depth: Int) {
        self.tag = tag
        self.body = body
        self.converter = converter
        self.depth = depth
    }

    func convert(into flow: inout FlowBuilder) {
        switch tag.name {
        case "color": converter.convert(body, depth: depth + 1, into: &flow)
        case "adf": convertADF(into: &flow)
        default:
            let parameters = WikiParameters(String(decoding: converter.bytes[tag.parameters], as: UTF8.self))
            Macro(
                name: tag.name == "blockquote" ? "quote" : tag.name, parameter: { parameters[$0] },
                richBody: { tag.hasBody && !tag.isVerbatim ? converter.blocks(body, depth: depth + 1) : nil },
                plainBody: { tag.isVerbatim ? CodeText.prepare(converter.bytes[body]) : nil }
            ).convert(into: &flow)
        }
    }

    /// What has no wiki markup of its own; Jira writes the node's JSON.
    private func convertADF(into flow: inout FlowBuilder) {
        guard let node = try? JSONElement(parsing: converter.bytes[body], maximumDepth: BodyLimits.maximumJSONDepth)
        else {
            // Somebody wrote it by hand, or it was cut: the text is all there is.
            return flow.add(.code(language: "json", text: CodeText.prepare(converter.bytes[body])))
        }
        ADFConverter().convert(node, depth: 1, into: &flow)
    }
}
