/// Collects inline runs and blocks in reading order; what converters write into.
///
/// Inline content gathers until a block or the end of its paragraph comes. A block inside inline content, say a macro in a
/// `<span>`, therefore just ends the paragraph before it, with the marks going on behind it.
struct FlowBuilder {
    /// The marks that new runs get.
    var marks = InlineMarks()
    private var blocks: [MarkdownBlock] = []
    private var runs: [InlineRun] = []

    mutating func text(_ text: String) {
        let text = TextCleaner.clean(text)
        if !text.isEmpty { runs.append(InlineRun(.text(text), marks: marks)) }
    }

    mutating func code(_ text: String) {
        let text = TextCleaner.clean(text)
        if !text.isEmpty { runs.append(InlineRun(.code(text), marks: marks)) }
    }

    mutating func lineBreak() { runs.append(InlineRun(.lineBreak, marks: marks)) }

    /// An image; one that has neither text nor an address is left out.
    mutating func image(alt: String, address: String?) {
        let alt = TextCleaner.clean(alt).onOneLine
        let destination = address.flatMap(MarkdownText.destination) ?? ""
        guard !alt.isEmpty || !destination.isEmpty else { return }
        runs.append(InlineRun(.image(alt: alt, destination: destination), marks: marks))
    }

    mutating func append(_ run: InlineRun) { runs.append(run) }

    mutating func add(_ block: MarkdownBlock) {
        endParagraph()
        if !block.isEmpty { blocks.append(block) }
    }

    mutating func endParagraph() {
        let paragraph = MarkdownBlock.paragraph(runs)
        if !paragraph.isEmpty { blocks.append(paragraph) }
        runs.removeAll()
    }

    /// Runs `body` under changed marks.
    mutating func marked(_ change: (inout InlineMarks) -> Void, _ body: (inout FlowBuilder) -> Void) {
        let outer = marks
        change(&marks)
        body(&self)
        marks = outer
    }

    mutating func styled(_ style: InlineMarks.Styles, _ body: (inout FlowBuilder) -> Void) {
        marked({ $0.styles.insert(style) }, body)
    }

    /// Runs `body` inside a link; an address that cannot be used leaves the text alone.
    mutating func linked(_ address: String?, _ body: (inout FlowBuilder) -> Void) {
        guard let destination = address.flatMap(MarkdownText.destination) else { return body(&self) }
        marked({ $0.link = destination }, body)
    }

    /// What `body` collects, as blocks of its own.
    static func blocks(_ body: (inout FlowBuilder) -> Void) -> [MarkdownBlock] {
        var flow = FlowBuilder()
        body(&flow)
        flow.endParagraph()
        return flow.blocks
    }

    /// What `body` collects, as runs: blocks in it are flattened to their text.
    static func runs(_ body: (inout FlowBuilder) -> Void) -> [InlineRun] {
        var flow = FlowBuilder()
        body(&flow)
        if flow.blocks.isEmpty { return flow.runs }
        flow.endParagraph()
        return flow.blocks.flatMap { $0.flattened }
    }
}

extension MarkdownBlock {
    /// Its inline content, blocks told apart by blanks.
    fileprivate var flattened: [InlineRun] {
        switch self {
        case .heading(_, let runs), .paragraph(let runs): runs + [InlineRun(.text(" "))]
        case .code(_, let text): [InlineRun(.code(text)), InlineRun(.text(" "))]
        case .quote(let blocks): blocks.flatMap(\.flattened)
        case .list(_, let items): items.flatMap { $0.blocks.flatMap(\.flattened) }
        case .table(let table): table.rows.flatMap { $0.flatMap { $0.flatMap(\.flattened) } }
        case .rule: []
        }
    }
}
