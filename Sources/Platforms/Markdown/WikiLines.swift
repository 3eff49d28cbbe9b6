/// The lines of a part of wiki markup, told apart by how they start.
///
/// A line here is a logical one: the body of a macro that starts on it belongs to it, line ends and all.
struct WikiLines {
    enum Kind {
        case blank, text, rule, row
        case heading(Int)
        /// `bq. `
        case quote
        /// An item of a list: the number of its markers, and whether the last one is `#`.
        case item(level: Int, isNumbered: Bool)
    }

    struct Line {
        var kind: Kind
        /// Behind the marker, without blanks in front.
        var content: Range<Int>
        /// Where the next line starts.
        var next: Int
    }

    let bytes: [UInt8]
    let end: Int
    private(set) var position: Int
    /// Whether the line before was an item of a list of dashes: `--` is an item only after one.
    var isInDashes = false
    var macros: WikiMacros

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        macros = WikiMacros(bytes, end: range.upperBound)
    }

    /// The line at the current position; nil at the end.
    mutating func peek() -> Line? {
        guard position < end else { return nil }
        return line(at: position)
    }

    mutating func skip(_ line: Line) { position = line.next }

    mutating func move(to position: Int) { self.position = position }

    /// The text of a paragraph that starts with `first`: all lines up to a blank one or the start of another block.
    mutating func paragraph(from first: Line, isItem: Bool) -> Range<Int> {
        var last = first
        skip(first)
        while let line = peek() {
            switch line.kind {
            case .text: break
            case .item where isItem: break
            default: return first.content.lowerBound..<last.content.upperBound
            }
            last = line
            skip(line)
        }
        return first.content.lowerBound..<last.content.upperBound
    }

    private mutating func line(at start: Int) -> Line {
        var first = start
        while first < end, isBlank(first) { first += 1 }
        // Only where a paragraph starts matters for the kind; its end needs the macros on it.
        let marker = marker(at: first)
        let lineEnd = macros.lineEnd(from: marker.content)
        let kind: Kind = first == end || bytes[first] == UInt8(ascii: "\n") ? .blank : marker.kind
        if case .rule = kind {
            let line = bytes.firstIndex(of: UInt8(ascii: "\n"), in: first..<end) ?? end
            return Line(kind: .rule, content: line..<line, next: min(line + 1, end))
        }
        if case .blank = kind { return Line(kind: .blank, content: first..<first, next: min(first + 1, end)) }
        return Line(kind: kind, content: marker.content..<lineEnd, next: min(lineEnd + 1, end))
    }

    private func isBlank(_ index: Int) -> Bool {
        bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t")
    }

    private func marker(at first: Int) -> (kind: Kind, content: Int) {
        guard first < end else { return (.blank, first) }
        switch bytes[first] {
        case UInt8(ascii: "|"): return (.row, first)
        case UInt8(ascii: "h"):
            if first + 2 < end, 0x31...0x36 ~= bytes[first + 1], bytes[first + 2] == UInt8(ascii: "."),
                let content = content(after: first + 3)
            {
                return (.heading(Int(bytes[first + 1]) - 0x30), content)
            }
        case UInt8(ascii: "b"):
            if first + 2 < end, bytes[first + 1] == UInt8(ascii: "q"), bytes[first + 2] == UInt8(ascii: "."),
                let content = content(after: first + 3)
            {
                return (.quote, content)
            }
        case UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "-"): return item(at: first)
        default: break
        }
        return (.text, first)
    }

    private func item(at first: Int) -> (kind: Kind, content: Int) {
        var index = first
        var isDashes = true
        while index < end, [UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "-")].contains(bytes[index]) {
            isDashes = isDashes && bytes[index] == UInt8(ascii: "-")
            index += 1
        }
        let level = index - first
        if isDashes, level == 4 || level == 5, index == end || isLineEnd(index) { return (.rule, index) }
        guard !isDashes || level == 1 || isInDashes, let content = content(after: index) else { return (.text, first) }
        return (.item(level: level, isNumbered: bytes[index - 1] == UInt8(ascii: "#")), content)
    }

    /// Where the content behind a marker starts, if a blank follows the marker.
    private func content(after marker: Int) -> Int? {
        var index = marker
        while index < end, isBlank(index) { index += 1 }
        return index > marker ? index : nil
    }

    private func isLineEnd(_ index: Int) -> Bool {
        var index = index
        while index < end, isBlank(index) { index += 1 }
        return index == end || bytes[index] == UInt8(ascii: "\n")
    }
}
