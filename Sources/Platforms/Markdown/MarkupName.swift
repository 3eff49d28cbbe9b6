/// The elements that converters tell apart, as one byte each; every other one is `other`.
///
/// Names are looked up once, while the body is read: comparing them later is comparing two bytes.
enum MarkupName: String, CaseIterable {
    /// The body as a whole.
    case root = "#root"
    /// Text as it stands in the source.
    case text = "#text"
    /// Text with character references in it.
    case references = "#references"
    case other = "#other"

    case a, abbr, address, area, article, aside, b, base, blockquote, body, br, caption, center, cite, code, col,
        colgroup
    case dd, del, details, div, dl, dt, em, embed, fieldset, figcaption, figure, footer, form, h1, h2, h3, h4, h5, h6
    case head, header, hr, html, i, iframe, img, input, ins, kbd, li, link, main, menu, meta, nav, noscript, object, ol
    case option, p, pre, q, s, samp, script, section, select, small, source, span, strike, strong, style, sub, summary
    case sup, table, tbody, td, template, textarea, tfoot, th, thead, time, title, tr, track, tt, u, ul, wbr
    case variable = "var"

    case macro = "ac:macro"
    case structuredMacro = "ac:structured-macro"
    case parameter = "ac:parameter"
    case defaultParameter = "ac:default-parameter"
    case richTextBody = "ac:rich-text-body"
    case plainTextBody = "ac:plain-text-body"
    case pageLink = "ac:link"
    case linkBody = "ac:link-body"
    case plainTextLinkBody = "ac:plain-text-link-body"
    case image = "ac:image"
    case imageCaption = "ac:caption"
    case emoticon = "ac:emoticon"
    case taskList = "ac:task-list"
    case task = "ac:task"
    case taskID = "ac:task-id"
    case taskUUID = "ac:task-uuid"
    case taskStatus = "ac:task-status"
    case taskBody = "ac:task-body"
    case placeholder = "ac:placeholder"
    case layout = "ac:layout"
    case layoutSection = "ac:layout-section"
    case layoutCell = "ac:layout-cell"
    case inlineComment = "ac:inline-comment-marker"
    case adfExtension = "ac:adf-extension"
    case adfNode = "ac:adf-node"
    case adfAttribute = "ac:adf-attribute"
    case adfContent = "ac:adf-content"
    case adfFallback = "ac:adf-fallback"
    case adfMark = "ac:adf-mark"
    case page = "ri:page"
    case blogPost = "ri:blog-post"
    case space = "ri:space"
    case user = "ri:user"
    case attachment = "ri:attachment"
    case url = "ri:url"
    case shortcut = "ri:shortcut"
    case contentEntity = "ri:content-entity"

    /// Whether the element never has content, so that it needs no end tag.
    var isVoid: Bool {
        switch self {
        case .area, .base, .br, .col, .embed, .hr, .img, .input, .link, .meta, .source, .track, .wbr: true
        default: false
        }
    }

    /// FNV-1a, made byte by byte while a name is read.
    struct Hash {
        private(set) var value: UInt32 = 2_166_136_261

        mutating func add(_ byte: UInt8) { value = (value ^ UInt32(byte)) &* 16_777_619 }
    }

    /// The element named by `bytes`, whatever their case.
    static func find(_ bytes: ArraySlice<UInt8>, hash: UInt32) -> MarkupName {
        var slot = Int(hash) & (slots.count - 1)
        while let entry = slots[slot] {
            if entry.bytes.count == bytes.count,
                zip(entry.bytes, bytes).allSatisfy({ $0 == MarkdownText.lowercased($1) })
            {
                return entry.name
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return .other
    }

    private static let slots: [(bytes: [UInt8], name: MarkupName)?] = {
        var slots: [(bytes: [UInt8], name: MarkupName)?] = Array(repeating: nil, count: 1024)
        for name in allCases where !name.rawValue.hasPrefix("#") {
            var hash = Hash()
            for byte in name.rawValue.utf8 { hash.add(byte) }
            var slot = Int(hash.value) & (slots.count - 1)
            while slots[slot] != nil { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = (Array(name.rawValue.utf8), name)
        }
        return slots
    }()
}
