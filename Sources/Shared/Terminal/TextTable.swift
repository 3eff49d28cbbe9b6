/// An aligned table for the terminal. Columns line up for Korean and other wide text too.
///
/// Cells are cleaned of control characters. Where the table is wider than it may be, the widest flexible columns give way
/// and their texts end in `…`.
public struct TextTable: Sendable {
    public struct Column: Sendable {
        public enum Alignment: Sendable { case left, right }

        public var title: String
        public var alignment: Alignment
        /// Whether the column may be cut to make the table fit.
        public var isFlexible: Bool

        public init(_ title: String, _ alignment: Alignment = .left, isFlexible: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isFlexible = isFlexible
        }
    }

    private static let gap = "  "
    /// A flexible column is never cut below this many columns of text.
    private static let narrowest = 8

    public let columns: [Column]
    public private(set) var rows: [[String]] = []

    public init(_ columns: [Column]) { self.columns = columns }

    public var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; missing cells stay empty, surplus ones are left out.
    public mutating func add(_ cells: [String]) {
        rows.append(columns.indices.map { $0 < cells.count ? cells[$0].terminalSafe : "" })
    }

    /// The lines, the header first, without blanks at their ends.
    ///
    /// - Parameter width: columns that may be used, nil for as many as the texts take.
    public func lines(width: Int? = nil) -> [String] {
        let widths = widths(within: width)
        return ([columns.map(\.title)] + rows).map { line($0, widths) }
    }

    /// The table for a terminal: fitted and with a bold header there, as wide as it is elsewhere.
    public func rendered(for terminal: Terminal = .standardOutput) -> String {
        var lines = lines(width: terminal.isInteractive ? terminal.columns : nil)
        lines[0] = terminal.styled(lines[0], .bold)
        return lines.joined(separator: "\n")
    }

    private func widths(within limit: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(columns[index].title.displayWidth) { max($0, $1[index].displayWidth) }
        }
        guard let limit else { return widths }
        let gaps = Self.gap.count * max(0, columns.count - 1)
        while widths.reduce(gaps, +) > limit {
            let flexible = columns.indices.filter { columns[$0].isFlexible && widths[$0] > Self.narrowest }
            guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = columns.indices.map { index in
            cells[index].truncated(toWidth: widths[index])
                .padded(toWidth: widths[index], onTheLeft: columns[index].alignment == .right)
        }.joined(separator: Self.gap)
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}
