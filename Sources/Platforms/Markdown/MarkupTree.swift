/// Builds the tree of a body out of its tags, repairing what does not match.
///
/// An end tag without a start is ignored, a missing one is implied by its parent's. Elements nested deeper than
/// ``maximumDepth`` are dissolved: their texts stay, so that nothing is lost and no recursion runs deep.
struct MarkupTree {
    static let maximumDepth = 256

    private var open: [MarkupElement]
    /// How often each name is open: tells in one step that an end tag has no start.
    private var openCounts: [String: Int] = [:]
    /// Elements open beyond the depth limit.
    private var dissolved = 0
    private let isHTML: Bool

    private init(isHTML: Bool) {
        self.isHTML = isHTML
        open = [MarkupElement("")]
    }

    static func parse(_ bytes: [UInt8], isHTML: Bool) -> MarkupElement {
        var tree = MarkupTree(isHTML: isHTML)
        let root = tree.open[0]
        var tokenizer = MarkupTokenizer(bytes, isHTML: isHTML)
        while let token = tokenizer.next() {
            switch token {
            case .text(let text): tree.open[tree.open.count - 1].children.append(.text(text))
            case .start(let name, let attributes, let isClosed):
                tree.start(MarkupElement(name, attributes), isClosed: isClosed)
            case .end(let name): tree.end(name)
            }
        }
        return root
    }

    private mutating func start(_ element: MarkupElement, isClosed: Bool) {
        if isHTML { closeImplied(by: element.name) }
        let isLeaf = isClosed || Self.voidNames.contains(element.name)
        guard open.count <= Self.maximumDepth else {
            if isLeaf { open[open.count - 1].children.append(.element(element)) } else { dissolved += 1 }
            return
        }
        open[open.count - 1].children.append(.element(element))
        guard !isLeaf else { return }
        open.append(element)
        openCounts[element.name, default: 0] += 1
    }

    private mutating func end(_ name: String) {
        if Self.voidNames.contains(name) { return }
        if dissolved > 0 {
            dissolved -= 1
            return
        }
        guard openCounts[name, default: 0] > 0 else { return }
        while pop() != name {}
    }

    @discardableResult private mutating func pop() -> String {
        let name = open.removeLast().name
        openCounts[name, default: 0] -= 1
        return name
    }

    /// HTML lets these end tags be left out; storage format does not.
    private mutating func closeImplied(by name: String) {
        guard dissolved == 0, let last = open.last?.name else { return }
        switch name {
        case "li": if last == "li" || (last == "p" && open.dropLast().last?.name == "li") { closeThrough("li") }
        case "td", "th":
            if last == "td" || last == "th" { pop() }
        case "tr":
            if last == "td" || last == "th" { pop() }
            if open.last?.name == "tr" { pop() }
        case "tbody", "tfoot":
            if last == "td" || last == "th" { pop() }
            if open.last?.name == "tr" { pop() }
            if open.last?.name == "thead" || open.last?.name == "tbody" { pop() }
        case "dt", "dd": if last == "dt" || last == "dd" { pop() }
        case "option": if last == "option" { pop() }
        case "p", "div", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "hr", "section":
            if last == "p" { pop() }
        default: break
        }
    }

    private mutating func closeThrough(_ name: String) {
        while pop() != name {}
    }

    private static let voidNames: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    ]
}
