/// A stretch of inline content under one set of marks.
///
/// Flat on purpose: five hundred nested `<strong>` are one mark, neighbours with equal marks join, and blanks at the edge of
/// a mark are moved outside by the writer, as Markdown wants them.
struct InlineRun: Equatable {
    enum Content: Equatable {
        /// UTF-8, cleaned. Blanks and line ends in it count as one blank.
        case text(ArraySlice<UInt8>)
        case code(ArraySlice<UInt8>)
        case lineBreak
        /// An image; the destination is empty when only its alternative text is known.
        case image(alt: String, destination: String)
    }

    var content: Content
    var marks: InlineMarks

    init(_ content: Content, marks: InlineMarks = InlineMarks()) {
        self.content = content
        self.marks = marks
    }

    static func text(_ text: String, _ styles: InlineMarks.Styles = []) -> InlineRun {
        InlineRun(.text(TextCleaner.clean(Array(text.utf8)[...])), marks: InlineMarks(styles: styles))
    }

    /// Whether nothing would be seen of it.
    var isBlank: Bool {
        switch content {
        case .text(let text), .code(let text): text.allSatisfy(MarkdownText.isBlank)
        case .lineBreak: true
        case .image: false
        }
    }
}

/// The marks over a run: a set, so the order in which a source nests them does not matter.
struct InlineMarks: Equatable {
    struct Styles: OptionSet, Hashable {
        let rawValue: UInt8
        static let strong = Styles(rawValue: 1)
        static let emphasis = Styles(rawValue: 2)
        static let strike = Styles(rawValue: 4)
        static let underline = Styles(rawValue: 8)
        static let subscripted = Styles(rawValue: 16)
        static let superscripted = Styles(rawValue: 32)
    }

    var styles: Styles = []
    /// A link's destination, ready for Markdown. Links do not nest: the inner one counts.
    var link: String?

}
