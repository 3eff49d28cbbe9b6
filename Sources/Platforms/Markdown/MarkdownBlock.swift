/// A body between reading and writing: what all converters produce and ``MarkdownWriter`` turns into Markdown.
///
/// Storage format, ADF and HTML meet here, so that the same page gives the same Markdown whichever form it came in.
indirect enum MarkdownBlock: Equatable {
    case heading(level: Int, [InlineRun])
    case paragraph([InlineRun])
    case code(language: String, text: String)
    case quote([MarkdownBlock])
    /// `start` is nil for bullets.
    case list(start: Int?, [ListItem])
    case table(MarkdownTable)
    case rule

    struct ListItem: Equatable {
        /// nil for an ordinary item, otherwise whether the task is done.
        var isDone: Bool?
        var blocks: [MarkdownBlock]
    }

    /// A quote that starts with a bold label: panels, notes, expands.
    ///
    /// A kind alone stands before the first words of the body; a title gets a line of its own.
    static func panel(kind: String?, title: String?, _ body: [MarkdownBlock]) -> MarkdownBlock {
        let title = title.flatMap { $0.isEmpty ? nil : $0 }
        var body = body
        switch (kind, title) {
        case (let kind?, let title?): body.insert(.paragraph([.strong("\(kind): \(title)")]), at: 0)
        case (nil, let title?): body.insert(.paragraph([.strong(title)]), at: 0)
        case (let kind?, nil):
            if case .paragraph(let runs)? = body.first {
                body[0] = .paragraph([.strong("\(kind):"), InlineRun(.text(" "))] + runs)
            } else {
                body.insert(.paragraph([.strong("\(kind):")]), at: 0)
            }
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
