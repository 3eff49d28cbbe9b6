/// A body between reading and writing: what all converters produce and ``MarkdownWriter`` turns into Markdown.
///
/// Storage format, ADF and HTML meet here, so that the same page gives the same Markdown whichever form it came in.
indirect enum MarkdownBlock: Equatable {
    case heading(level: Int, [InlineRun])
    case paragraph([InlineRun])
    /// UTF-8, as ``CodeText`` prepares it.
    case code(language: String, text: ArraySlice<UInt8>)
    case quote([MarkdownBlock])
    /// `start` is nil for bullets.
    case list(start: Int?, [ListItem])
    case table(MarkdownTable)
    case rule

    struct ListItem: Equatable {
        /// nil for an ordinary item, otherwise whether the task is done.
        var isDone: Bool?
        var blocks: [MarkdownBlock]

        /// A decision, told from an ordinary item by its first word.
        static func decision(_ body: [MarkdownBlock]) -> ListItem {
            ListItem(blocks: MarkdownBlock.labelled("Decision", body))
        }
    }

    /// `body` with a bold label before its first words.
    private static func labelled(_ label: String, _ body: [MarkdownBlock]) -> [MarkdownBlock] {
        guard case .paragraph(let runs)? = body.first else { return [.paragraph([.text("\(label):", .strong)])] + body }
        return [.paragraph([.text("\(label):", .strong), .text(" ")] + runs)] + body.dropFirst()
    }

    /// Whether nothing would be seen of it; blocks within others are never empty, so this looks no deeper.
    var isEmpty: Bool {
        switch self {
        case .heading(_, let runs), .paragraph(let runs): runs.allSatisfy(\.isBlank)
        case .code(_, let text): text.allSatisfy(MarkdownText.isBlank)
        case .quote(let blocks): blocks.isEmpty
        case .list(_, let items): items.allSatisfy { $0.isDone == nil && $0.blocks.isEmpty }
        case .table(let table): table.rows.allSatisfy { $0.allSatisfy(\.isEmpty) }
        case .rule: false
        }
    }

    /// A quote that starts with a bold label: panels, notes, expands.
    ///
    /// A kind alone stands before the first words of the body; a title gets a line of its own.
    static func panel(kind: String?, title: String?, _ body: [MarkdownBlock]) -> MarkdownBlock {
        let title = title.flatMap { $0.isEmpty ? nil : $0 }
        if body.isEmpty, title == nil { return .quote([]) }
        var body = body
        switch (kind, title) {
        case (let kind?, let title?): body.insert(.paragraph([.text("\(kind): \(title)", .strong)]), at: 0)
        case (nil, let title?): body.insert(.paragraph([.text(title, .strong)]), at: 0)
        case (let kind?, nil): body = labelled(kind, body)
        case (nil, nil): break
        }
        return .quote(body)
    }
}

/// A table on its grid: spans are already blank cells, so every text stands once.
struct MarkdownTable: Equatable {
    /// Whether the first row is a header.
    var hasHeader: Bool
    /// Rows may be shorter than the widest one.
    var rows: [[[MarkdownBlock]]]
}
