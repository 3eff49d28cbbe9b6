/// A place in a parsed body: an element or a text.
///
/// Two words, free to copy; keeps the whole ``MarkupTree`` alive.
struct MarkupElement {
    let tree: MarkupTree
    private let index: Int32

    init(tree: MarkupTree, index: Int32) {
        self.tree = tree
        self.index = index
    }

    private var node: MarkupTree.Node { tree.nodes[Int(index)] }

    var name: MarkupName { node.name }

    var isText: Bool { name == .text || name == .references }

    /// Elements and texts in order.
    var children: Children { Children(tree: tree, nextIndex: node.child) }

    /// The child elements, texts left out.
    var elements: some Sequence<MarkupElement> { children.lazy.filter { !$0.isText } }

    func first(_ name: MarkupName) -> MarkupElement? { children.first { $0.name == name } }

    /// The bytes of a text, references resolved, not yet cleaned.
    var characters: ArraySlice<UInt8> {
        let node = node
        let slice = tree.bytes[Int(node.range.lowerBound)..<Int(node.range.upperBound)]
        return node.name == .references ? MarkupEntities.resolve(slice) : slice
    }

    /// The value of an attribute, references resolved; of a repeated name the first counts.
    ///
    /// - Parameter name: in lower case; the body may write it in any.
    subscript(name: StaticString) -> String? {
        guard let value = value(name) else { return nil }
        return String(decoding: MarkupEntities.resolve(value), as: UTF8.self)
    }

    private func value(_ name: StaticString) -> ArraySlice<UInt8>? {
        for position in node.range {
            let attribute = tree.attributes[Int(position)]
            if attribute.name.count == name.utf8CodeUnitCount,
                (0..<attribute.name.count).allSatisfy({
                    MarkdownText.lowercased(tree.bytes[attribute.name.lowerBound + $0]) == name.utf8Start[$0]
                })
            {
                return tree.bytes[attribute.value]
            }
        }
        return nil
    }

    /// All text below, as it is.
    var text: String { String(decoding: allCharacters, as: UTF8.self) }

    /// The UTF-8 of ``text``.
    var allCharacters: [UInt8] {
        var result: [UInt8] = []
        // Iterative: depth is a stranger's choice.
        var pending = [children]
        while !pending.isEmpty {
            guard let child = pending[pending.count - 1].next() else {
                pending.removeLast()
                continue
            }
            if child.isText {
                result += child.characters
            } else {
                if child.name == .br { result.append(UInt8(ascii: "\n")) }
                pending.append(child.children)
            }
        }
        return result
    }

    struct Children: Sequence, IteratorProtocol {
        fileprivate let tree: MarkupTree
        fileprivate var nextIndex: Int32

        mutating func next() -> MarkupElement? {
            if nextIndex == 0 { return nil }
            defer { nextIndex = tree.nodes[Int(nextIndex)].next }
            return MarkupElement(tree: tree, index: nextIndex)
        }
    }
}
