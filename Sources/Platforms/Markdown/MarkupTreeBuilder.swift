/// Builds the nodes of a ``MarkupTree`` out of tags, repairing what does not match.
struct MarkupTreeBuilder {
    private struct Open {
        var name: MarkupName
        /// Of the name, to match end tags of elements that have no name of their own here.
        var hash: UInt32
        var index: Int32
        var lastChild: Int32 = 0
    }

    private(set) var nodes = [MarkupTree.Node(name: .root, range: 0..<0)]
    private(set) var wasDissolved = false
    private var open = [Open(name: .root, hash: 0, index: 0)]
    /// How often each name is open: tells in one step that an end tag has no start.
    private var openCounts: [UInt32: Int] = [:]
    /// Elements open beyond the depth limit.
    private var dissolved = 0
    private var firstAttribute = 0
    private let isHTML: Bool

    init(isHTML: Bool) { self.isHTML = isHTML }

    /// - Parameter attributes: how many attributes were read so far; those since the last token are this token's.
    mutating func add(_ token: MarkupTokenizer.Token, attributes: Int) {
        switch token {
        case .text(let range, let hasReferences):
            if !range.isEmpty { append(hasReferences ? .references : .text, range) }
        case .start(let name, let hash, let isClosed):
            start(name, hash: hash, isLeaf: isClosed || name.isVoid, firstAttribute..<attributes)
        case .end(let name, let hash): end(name, hash)
        }
        firstAttribute = attributes
    }

    @discardableResult private mutating func append(_ name: MarkupName, _ range: Range<Int>) -> Int32 {
        let index = Int32(nodes.count)
        nodes.append(.init(name: name, range: Int32(range.lowerBound)..<Int32(range.upperBound)))
        let parent = open.count - 1
        if open[parent].lastChild == 0 {
            nodes[Int(open[parent].index)].child = index
        } else {
            nodes[Int(open[parent].lastChild)].next = index
        }
        open[parent].lastChild = index
        return index
    }

    private mutating func start(_ name: MarkupName, hash: UInt32, isLeaf: Bool, _ attributes: Range<Int>) {
        if isHTML { closeImplied(by: name) }
        if open.count > BodyLimits.maximumDepth, !isLeaf {
            dissolved += 1
            wasDissolved = true
            return
        }
        let index = append(name, attributes)
        guard !isLeaf else { return }
        open.append(Open(name: name, hash: hash, index: index))
        openCounts[hash, default: 0] += 1
    }

    private mutating func end(_ name: MarkupName, _ hash: UInt32) {
        if name.isVoid { return }
        if dissolved > 0 {
            dissolved -= 1
            return
        }
        guard openCounts[hash, default: 0] > 0 else { return }
        while pop() != hash {}
    }

    @discardableResult private mutating func pop() -> UInt32 {
        let hash = open.removeLast().hash
        openCounts[hash, default: 0] -= 1
        return hash
    }

    private var last: MarkupName { open[open.count - 1].name }

    /// HTML lets these end tags be left out; storage format does not.
    private mutating func closeImplied(by name: MarkupName) {
        guard dissolved == 0 else { return }
        switch name {
        case .li:
            if last == .p, open.count > 2, open[open.count - 2].name == .li { pop() }
            if last == .li { pop() }
        case .td, .th: closeCell()
        case .tr:
            closeCell()
            if last == .tr { pop() }
        case .tbody, .tfoot:
            closeCell()
            if last == .tr { pop() }
            if last == .thead || last == .tbody { pop() }
        case .dt, .dd: if last == .dt || last == .dd { pop() }
        case .option: if last == .option { pop() }
        case .p, .div, .ul, .ol, .table, .h1, .h2, .h3, .h4, .h5, .h6, .pre, .blockquote, .hr, .section:
            if last == .p { pop() }
        default: break
        }
    }

    private mutating func closeCell() { if last == .td || last == .th { pop() } }
}
