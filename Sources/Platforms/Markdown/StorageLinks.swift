/// Links to pages, users, files and places within a page (`ac:link` with an `ri:` target).
struct StorageLinks {
    let context: BodyContext

    func convert(_ link: MarkupElement, with converter: HTMLConverter, into flow: inout FlowBuilder) {
        let anchor = link["ac:anchor"].map { "#" + $0 } ?? ""
        let target = link.elements.first {
            [.page, .blogPost, .space, .user, .attachment, .url, .shortcut, .contentEntity].contains($0.name)
        }
        switch target?.name {
        case .page?, .blogPost?:
            let title = target?["ri:content-title"] ?? ""
            flow.linked(address(of: target).map { $0 + anchor } ?? (title.isEmpty && !anchor.isEmpty ? anchor : nil)) {
                body(of: link, or: title.isEmpty ? String(anchor.dropFirst()) : title, converter, into: &$0)
            }
        case .space?:
            let key = target?["ri:space-key"] ?? ""
            flow.linked(context.site.map { "\($0)/display/\(key)" }) { body(of: link, or: key, converter, into: &$0) }
        case .user?:
            if let target { body(of: link, or: mention(target), converter, into: &flow) }
        case .attachment?:
            let file = target?["ri:filename"] ?? ""
            let isNamed = body(of: link, or: file, converter, into: &flow)
            // The words of the link may not say which file it is.
            if !isNamed.isEmpty, !file.isEmpty, isNamed != file { flow.text(" (\(file))") }
        case .url?:
            let address = target?["ri:value"] ?? ""
            flow.linked(address) { body(of: link, or: address, converter, into: &$0) }
        case .contentEntity?:
            let id = target?["ri:content-id"] ?? ""
            let address = context.site.map { "\($0)/pages/viewpage.action?pageId=\(id)\(anchor)" }
            flow.linked(id.isEmpty ? nil : address) {
                body(of: link, or: String(anchor.dropFirst()), converter, into: &$0)
            }
        case .shortcut?:
            let name = [target?["ri:parameter"], target?["ri:key"]].compactMap { $0 }.joined(separator: "@")
            body(of: link, or: name, converter, into: &flow)
        default:
            flow.linked(anchor.isEmpty ? nil : anchor) {
                body(of: link, or: String(anchor.dropFirst()), converter, into: &$0)
            }
        }
    }

    func convert(page: MarkupElement, with converter: HTMLConverter, into flow: inout FlowBuilder) {
        flow.linked(address(of: page)) { $0.text(page["ri:content-title"] ?? "") }
    }

    /// `@` and the person's name as far as it is known.
    func mention(_ user: MarkupElement) -> String {
        let ids = [user["ri:account-id"], user["ri:userkey"], user["ri:username"]].compactMap { $0 }
        for id in ids { if let name = context.people[id] { return "@" + name } }
        return "@" + (user["ri:username"] ?? "user")
    }

    private func address(of page: MarkupElement?) -> String? {
        guard let site = context.site, let title = page?["ri:content-title"],
            let space = page?["ri:space-key"] ?? context.spaceKey
        else { return nil }
        var path = ""
        for scalar in title.unicodeScalars {
            switch scalar {
            case " ": path += "+"
            // Would end the path or be read as an escape.
            case "+": path += "%2B"
            case "%": path += "%25"
            case "/": path += "%2F"
            case "?": path += "%3F"
            case "#": path += "%23"
            case "&": path += "%26"
            default: path.unicodeScalars.append(scalar)
            }
        }
        return "\(site)/display/\(space)/\(path)"
    }

    /// Writes the link's own words, or `fallback` when there are none.
    ///
    /// - Returns: what was written, images aside; empty when the link's words are an image.
    @discardableResult private func body(
        of link: MarkupElement, or fallback: String, _ converter: HTMLConverter, into flow: inout FlowBuilder
    ) -> String {
        if let rich = link.first(.linkBody),
            rich.children.contains(where: { !$0.isText || !$0.characters.allSatisfy(MarkdownText.isBlank) })
        {
            converter.convertChildren(of: rich, into: &flow)
            return rich.text.trimmed
        }
        if let image = link.first(.image) {
            converter.convert(image, into: &flow)
            return ""
        }
        if let plain = link.first(.plainTextLinkBody)?.text.trimmed, !plain.isEmpty {
            flow.text(plain)
            return plain
        }
        flow.text(fallback)
        return fallback
    }
}
