/// An element of a parsed body, or the whole body.
///
/// A class, so that building a deep tree moves references only. Never shared between tasks: it lives within one conversion.
final class MarkupElement {
    enum Node {
        case element(MarkupElement)
        /// Entities resolved, not yet cleaned.
        case text(String)
    }

    /// In lower case, prefix included: `ac:structured-macro`.
    let name: String
    /// Names in lower case, values with entities resolved; of a repeated name the first counts.
    let attributes: [(name: String, value: String)]
    var children: [Node] = []

    init(_ name: String, _ attributes: [(name: String, value: String)] = []) {
        self.name = name
        self.attributes = attributes
    }

    subscript(attribute: String) -> String? { attributes.first { $0.name == attribute }?.value }

    /// The child elements, texts left out.
    var elements: some Sequence<MarkupElement> {
        children.lazy.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    func first(_ name: String) -> MarkupElement? { elements.first { $0.name == name } }

    /// All text below, as it is.
    var text: String {
        var result = ""
        // Iterative: depth is a stranger's choice.
        var pending: [Node] = children.reversed()
        while let node = pending.popLast() {
            switch node {
            case .text(let text): result += text
            case .element(let element):
                if element.name == "br" { result += "\n" }
                pending += element.children.reversed()
            }
        }
        return result
    }
}
