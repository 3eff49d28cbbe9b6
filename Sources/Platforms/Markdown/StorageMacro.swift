/// A macro in storage format: what its elements say about ``Macro``.
struct StorageMacro {
    private let element: MarkupElement
    private let links: StorageLinks

    init(_ element: MarkupElement, links: StorageLinks) {
        self.element = element
        self.links = links
    }

    func convert(with converter: HTMLConverter, into flow: inout FlowBuilder) {
        let name = element["ac:name"]?.lowercased() ?? ""
        switch name {
        case "include", "excerpt-include":
            if let link = parameter("")?.first(.pageLink) {
                links.convert(link, with: converter, into: &flow)
            } else if let page = parameter("")?.first(.page) {
                links.convert(page: page, with: converter, into: &flow)
            }
        case "profile", "user-profile":
            if let user = parameter("user")?.first(.user) { flow.text(links.mention(user)) }
        default:
            var macro = Macro(
                name: name, parameter: text,
                richBody: { element.first(.richTextBody).map(converter.blocks) },
                plainBody: { element.first(.plainTextBody).map { CodeText.prepare($0.allCharacters[...]) } })
            macro.isInline = text("atlassian-macro-output-type")?.lowercased() == "inline"
            macro.convert(into: &flow)
        }
    }

    /// A parameter by its name in lower case; nil when it is missing.
    private func parameter(_ name: String) -> MarkupElement? {
        let named = element.elements.first { $0.name == .parameter && ($0["ac:name"] ?? "").lowercased() == name }
        return name.isEmpty ? named ?? element.first(.defaultParameter) : named
    }

    /// What a parameter says: its text, or the file or address that it names.
    private func text(_ name: String) -> String? {
        guard let parameter = parameter(name) else { return nil }
        let text =
            parameter.first(.attachment)?["ri:filename"] ?? parameter.first(.url)?["ri:value"] ?? parameter.text.trimmed
        return text.isEmpty ? nil : text
    }
}
