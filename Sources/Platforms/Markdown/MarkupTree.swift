/// A parsed body: its elements and texts in one flat array each, as ranges of the source.
///
/// An end tag without a start is ignored, a missing one is implied by its parent's. Elements nested deeper than
/// ``BodyLimits/maximumDepth`` are dissolved: their texts stay, so that nothing is lost and no recursion runs deep.
final class MarkupTree {
    struct Node {
        var name: MarkupName
        /// Of a text, its range in the source; of an element, that of its attributes in ``MarkupTree/attributes``.
        var range: Range<Int32>
        /// Index of the first child and of the next sibling; 0, the root's own, means none.
        var child: Int32 = 0
        var next: Int32 = 0
    }

    let bytes: [UInt8]
    let nodes: [Node]
    let attributes: [MarkupTokenizer.Attribute]
    /// What in the body was more than a converter takes; its structure was flattened there.
    let excess: BodyLimits.Excess?

    /// - Parameter text: at most ``BodyLimits/maximumSize``; what is beyond is left out.
    init(parsing text: [UInt8], isHTML: Bool) {
        bytes = BodyLimits.usable(text)
        var tokenizer = MarkupTokenizer(bytes, isHTML: isHTML)
        var builder = MarkupTreeBuilder(isHTML: isHTML)
        while let token = tokenizer.next() { builder.add(token, attributes: tokenizer.attributes.count) }
        nodes = builder.nodes
        attributes = tokenizer.attributes
        excess =
            text.count > BodyLimits.maximumSize
            ? .size : tokenizer.hasDeclarations ? .declarations : builder.wasDissolved ? .depth : nil
    }

    var root: MarkupElement { MarkupElement(tree: self, index: 0) }
}
