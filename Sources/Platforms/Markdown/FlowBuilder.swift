/// Collects inline runs and blocks in reading order; what converters write into.
///
/// Inline content gathers until a block or the end of its paragraph comes. A block inside inline content, say a macro in a
/// `<span>`, therefore just ends the paragraph before it, with the marks going on behind it.
struct FlowBuilder {
    /// The marks that new runs get.
    var marks = InlineMarks()
    /// Whether text is code.
    private var isCode = false
    private var blocks: [MarkdownBlock] = []
    private var runs: [InlineRun] = []

    mutating func text(_ text: String) { self.text(Array(text.utf8)[...]) }

    mutating func text(_ text: ArraySlice<UInt8>) {
        let text = TextCleaner.clean(text)
        if !text.isEmpty { runs.append(InlineRun(isCode ? .code(text) : .text(text), marks: marks)) }
    }

    mutating func code(_ text: String) { code(Array(text.utf8)[...]) }

    mutating func code(_ text: ArraySlice<UInt8>) {
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

    mutating func append(_ runs: [InlineRun]) { self.runs += runs }

    mutating func add(_ blocks: [MarkdownBlock]) { for block in blocks { add(block) } }

    mutating func add(_ block: MarkdownBlock) {
        endParagraph()
        if !block.isEmpty { blocks.append(block) }
    }

    mutating func endParagraph() {
        if runs.isEmpty { return }
        let paragraph = MarkdownBlock.paragraph(runs)
        if !paragraph.isEmpty { blocks.append(paragraph) }
        runs.removeAll()
    }

    mutating func endParagraph(unless isInline: Bool) { if !isInline { endParagraph() } }

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

    /// Runs `body` with its text as code.
    mutating func inCode(_ body: (inout FlowBuilder) -> Void) {
        let outer = isCode
        isCode = true
        body(&self)
        isCode = outer
    }

    /// A paragraph of its own, all of it under `style`.
    mutating func paragraph(_ runs: [InlineRun], _ style: InlineMarks.Styles) {
        endParagraph()
        for var run in runs {
            run.marks.styles.insert(style)
            self.runs.append(run)
        }
        endParagraph()
    }

    /// What stands below an image.
    mutating func caption(_ runs: [InlineRun]) {
        if !MarkdownBlock.paragraph(runs).isEmpty { paragraph(runs, .emphasis) }
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
        case .heading(_, let runs), .paragraph(let runs): runs + [.text(" ")]
        case .code(_, let text): [InlineRun(.code(text)), .text(" ")]
        case .quote(let blocks): blocks.flatMap(\.flattened)
        case .list(_, let items): items.flatMap { $0.blocks.flatMap(\.flattened) }
        case .table(let table): table.rows.flatMap { $0.flatMap { $0.flatMap(\.flattened) } }
        case .rule: []
        }
    }
}
