import Shared

extension ADFConverter {
    /// Macros and the extensions of other vendors.
    ///
    /// Confluence keeps its macros as extensions with the macro's name as the key, see ``Macro``.
    func convertExtension(_ node: JSONElement, depth: Int, into flow: inout FlowBuilder) {
        let attributes = node["attrs"]
        let parameters = attributes?["parameters"]?["macroParams"] ?? attributes?["parameters"]?["macroparams"]
        var macro = Macro(
            name: attributes?["extensionKey"]?.string?.lowercased() ?? "",
            parameter: { Self.parameter($0, in: parameters) },
            richBody: { node["content"]?.isArray == true ? blocks(of: node, depth: depth) : nil },
            plainBody: { body(of: attributes, parameters) })
        macro.isInline = node["type"]?.string == "inlineExtension"
        macro.convert(into: &flow)
    }

    /// Values are objects with a `value`, or plain; names are written in any case.
    private static func parameter(_ name: String, in parameters: JSONElement?) -> String? {
        guard let members = parameters?.object else { return nil }
        for (key, value) in members where key.lowercased() == name {
            let text = (value["value"]?.string ?? value.string)?.trimmed ?? ""
            return text.isEmpty ? nil : text
        }
        return nil
    }

    private func body(of attributes: JSONElement?, _ parameters: JSONElement?) -> ArraySlice<UInt8>? {
        let text = parameters?["__bodyContent"]?["value"]?.string ?? attributes?["text"]?.string
        return text.map(CodeText.prepare)
    }
}
