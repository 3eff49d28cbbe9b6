import Shared

extension ADFConverter {
    /// - Returns: false for a node that is not inline.
    func convertInline(_ node: JSONElement, _ type: String, into flow: inout FlowBuilder) -> Bool {
        let attributes = node["attrs"]
        switch type {
        case "text": text(node, into: &flow)
        case "hardBreak": flow.lineBreak()
        case "mention":
            let name = attributes?["text"]?.string?.trimmed ?? ""
            flow.text(name.isEmpty ? "@user" : name.hasPrefix("@") ? name : "@" + name)
        case "emoji":
            flow.text(
                Emoticon.text(shortName: attributes?["shortName"]?.string ?? "", text: attributes?["text"]?.string))
        case "status":
            let title = attributes?["text"]?.string?.trimmed ?? ""
            if !title.isEmpty { flow.text("[\(title)]") }
        case "date": flow.text(date(attributes?["timestamp"]))
        case "inlineCard": card(attributes, into: &flow)
        case "media", "mediaInline":
            let alt = attributes?["alt"]?.string ?? ""
            let address = attributes?["url"]?.string
            // A link to a file rather than a picture of it.
            linked(node, into: &flow) { $0.image(alt: alt, address: address == alt ? nil : address) }
        case "placeholder", "syncBlock": break
        default: return false
        }
        return true
    }

    /// A smart link: its address, or the name in the data it carries.
    func card(_ attributes: JSONElement?, into flow: inout FlowBuilder) {
        let data = attributes?["data"]
        let address = attributes?["url"]?.string ?? data?["url"]?.string ?? attributes?["link"]?["url"]?.string
        // The retired application card has a text of its own.
        let name = data?["name"]?.string ?? attributes?["title"]?["text"]?.string ?? attributes?["text"]?.string
        guard let shown = name ?? address else { return }
        flow.linked(address) { $0.text(shown) }
    }

    private func text(_ node: JSONElement, into flow: inout FlowBuilder) {
        guard let text = node["text"]?.string else { return }
        var marks = flow.marks
        var isCode = false
        if let list = node["marks"]?.array {
            for mark in list {
                switch mark["type"]?.string {
                case "strong": marks.styles.insert(.strong)
                case "em": marks.styles.insert(.emphasis)
                case "strike": marks.styles.insert(.strike)
                case "underline": marks.styles.insert(.underline)
                case "subsup":
                    marks.styles.insert(mark["attrs"]?["type"]?.string == "sub" ? .subscripted : .superscripted)
                case "link":
                    if let address = mark["attrs"]?["href"]?.string, let destination = MarkdownText.destination(address)
                    {
                        marks.link = destination
                    }
                case "code": isCode = true
                // Colours, alignment, annotations: nothing of the text.
                default: break
                }
            }
        }
        let outer = flow.marks
        flow.marks = marks
        isCode ? flow.code(text) : flow.text(text)
        flow.marks = outer
    }

    private func linked(_ node: JSONElement, into flow: inout FlowBuilder, _ body: (inout FlowBuilder) -> Void) {
        var address: String?
        if let marks = node["marks"]?.array {
            for mark in marks where mark["type"]?.string == "link" { address = mark["attrs"]?["href"]?.string }
        }
        flow.linked(address, body)
    }

    /// Milliseconds since 1970, as text or number, as a day in UTC.
    private func date(_ timestamp: JSONElement?) -> String {
        guard let timestamp else { return "" }
        guard let milliseconds = timestamp.int ?? timestamp.string.flatMap({ Int($0) }),
            let moment = Moment(validMilliseconds: milliseconds)
        else { return timestamp.string?.trimmed ?? "" }
        return moment.day
    }
}
