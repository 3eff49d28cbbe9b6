/// What opens and closes around marked text.
enum InlineDelimiter: Equatable {
    case link(String)
    case strong, emphasis, strike, underline, subscripted, superscripted

    /// The delimiters of a set of marks in the order of nesting where they open together.
    static func list(of marks: InlineMarks) -> [InlineDelimiter] {
        var list: [InlineDelimiter] = []
        if let link = marks.link { list.append(.link(link)) }
        if marks.styles.isEmpty { return list }
        for (style, delimiter) in order where marks.styles.contains(style) { list.append(delimiter) }
        return list
    }

    /// Markdown's own sign; nil for those that are written at once: links, and marks that it has no signs for.
    var sign: StaticString? {
        switch self {
        case .strong: "**"
        case .emphasis: "*"
        case .strike: "~~"
        case .link, .underline, .subscripted, .superscripted: nil
        }
    }

    /// The HTML element for it.
    var element: String {
        switch self {
        case .link: "a"
        case .strong: "strong"
        case .emphasis: "em"
        case .strike: "del"
        case .underline: "u"
        case .subscripted: "sub"
        case .superscripted: "sup"
        }
    }

    private static let order: [(InlineMarks.Styles, InlineDelimiter)] = [
        (.strong, .strong), (.emphasis, .emphasis), (.strike, .strike), (.underline, .underline),
        (.subscripted, .subscripted), (.superscripted, .superscripted),
    ]
}
