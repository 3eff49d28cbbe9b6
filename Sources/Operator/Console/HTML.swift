import Shared

/// A piece of HTML. What a literal says is markup, what is put into it is text and gets escaped:
/// `"<b>\(title)</b>"` is safe whatever the title is.
struct HTML: Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    let text: String

    var description: String { text }

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    init(_ parts: some Sequence<HTML>) { text = parts.reduce(into: "") { $0 += $1.text } }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 32)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }

        mutating func appendInterpolation(_ value: Int) { text += String(value) }

        mutating func appendInterpolation(_ value: HTML) { text += value.text }

        mutating func appendInterpolation(_ values: [HTML]) { for value in values { text += value.text } }
    }

    /// For text and for attributes in double quotes.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

extension HTML {
    /// A table as the terminal shows it.
    ///
    /// - Parameter link: makes the address that the first cell of a row leads to.
    init(_ table: TextTable, link: (Int) -> String? = { _ in nil }) {
        let kinds = table.columns.map { $0.alignment == .right ? "right" : $0.isFlexible ? "wrap" : "left" }
        let head = zip(table.columns, kinds).map { "<th class=\"\($1)\">\($0.title)</th>" as HTML }
        let rows = table.rows.enumerated().map { number, row in
            let cells = row.indices.map { index -> HTML in
                let text: HTML =
                    if index == 0, let address = link(number) {
                        "<a href=\"\(address)\">\(row[index])</a>"
                    } else {
                        "\(row[index])"
                    }
                return "<td class=\"\(kinds[index])\">\(text)</td>"
            }
            return "<tr>\(cells)</tr>\n" as HTML
        }
        self = "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>\n\(rows)</tbody></table></div>"
    }

    /// A choice in a form.
    static func select(_ name: String, _ choices: [(value: String, label: String)], chosen: String) -> HTML {
        let options = choices.map { choice -> HTML in
            let selected: HTML = choice.value == chosen ? " selected" : ""
            return "<option value=\"\(choice.value)\"\(selected)>\(choice.label)</option>"
        }
        return "<select name=\"\(name)\" aria-label=\"\(name)\">\(options)</select>"
    }
}
