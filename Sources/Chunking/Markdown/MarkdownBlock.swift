/// A part of a Markdown text that is cut only when it does not fit: byte offsets into the UTF-8.
struct MarkdownBlock: Equatable {
    enum Kind: Equatable {
        /// Level 1 to 6 and the title's bytes.
        case heading(level: Int, title: Range<Int>)
        /// A fenced piece of code, the fences included.
        case fence
        /// A table; its first two rows are the header and the line below it.
        case table(header: Range<Int>)
        /// A paragraph or one item of a list.
        case text
    }

    let kind: Kind
    /// Whole lines, without the last line's end.
    var range: Range<Int>
}
