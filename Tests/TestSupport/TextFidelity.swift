/// How much of a text's words another text says, in order.
///
/// Every visible word of a source has to be in its Markdown once and in order. Words are runs of letters and digits; what a
/// converter adds on purpose, such as the label of a panel, belongs into the text it is compared with.
public struct TextFidelity: CustomStringConvertible {
    public let missing: [String]
    public let extra: [String]
    public let words: Int

    /// - Parameters:
    ///   - source: what a reader of the original sees.
    ///   - markdown: what the converter made of it; its marks and addresses are not words.
    public init(source: String, markdown: String) {
        let wanted = Self.words(source)
        let found = Self.words(Self.visible(markdown))
        words = max(wanted.count, found.count)
        var missing: [String] = []
        var extra: [String] = []
        for change in found.difference(from: wanted) {
            switch change {
            case .remove(_, let word, _): missing.append(word)
            case .insert(_, let word, _): extra.append(word)
            }
        }
        self.missing = missing
        self.extra = extra
    }

    /// From 0 to 1; 1 when all words are there and no others.
    public var share: Double { words == 0 ? 1 : 1 - Double(max(missing.count, extra.count)) / Double(words) }

    public var description: String { "fidelity \(share): missing \(missing), extra \(extra)" }

    public static func words(_ text: String) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// Markdown without the parts that a reader of it does not see: destinations of links, HTML elements, languages of code.
    public static func visible(_ markdown: String) -> String {
        var text = markdown
        text.replace(#/(?m)^([> ]|[-*] |\d+[.)] )*(`{3,})[^\n]*/#, with: "")
        text.replace(#/\]\([^)\s]*\)/#, with: "] ")
        text.replace(#/</?(u|sub|sup|strong|em|del)>/#, with: "")
        text.replace(#/<br>/#, with: "\n")
        // Numbers and boxes of items are drawn, not written.
        text.replace(#/(?m)^([>| ]|[-*] )*\d+[.)] /#, with: "")
        text.replace(#/\[x\] /#, with: "")
        return text
    }
}
