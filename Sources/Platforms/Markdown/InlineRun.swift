/// A stretch of inline content under one set of marks.
///
/// Flat on purpose: five hundred nested `<strong>` are one mark, neighbours with equal marks join, and blanks at the edge of
/// a mark are moved outside by the writer, as Markdown wants them.
struct InlineRun: Equatable {
    enum Content: Equatable {
        /// Blanks and line ends in it count as one blank.
        case text(String)
        case code(String)
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

    static func strong(_ text: String) -> InlineRun { InlineRun(.text(text), marks: InlineMarks(styles: .strong)) }
}

/// The marks over a run: a set, so the order in which a source nests them does not matter.
struct InlineMarks: Equatable {
    struct Styles: OptionSet {
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

    /// Opening and closing text of each mark, in the order of nesting where they open together.
    var delimiters: [Delimiter] {
        var list: [Delimiter] = []
        if let link { list.append(Delimiter(open: "[", close: "](\(link))")) }
        for (style, delimiter) in Self.order where styles.contains(style) { list.append(delimiter) }
        return list
    }

    struct Delimiter: Equatable {
        var open: String
        var close: String
    }

    private static let order: [(Styles, Delimiter)] = [
        (.strong, Delimiter(open: "**", close: "**")),
        (.emphasis, Delimiter(open: "*", close: "*")),
        (.strike, Delimiter(open: "~~", close: "~~")),
        // GitHub-flavoured Markdown has no marks for these and takes the HTML elements.
        (.underline, Delimiter(open: "<u>", close: "</u>")),
        (.subscripted, Delimiter(open: "<sub>", close: "</sub>")),
        (.superscripted, Delimiter(open: "<sup>", close: "</sup>")),
    ]
}
