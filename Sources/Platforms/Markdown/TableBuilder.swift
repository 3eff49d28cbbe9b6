/// Lays cells out on a grid: a cell that spans columns or rows keeps its text in its first place, the others stay blank.
struct TableBuilder {
    /// Spans reach no further than this column; a stranger could ask for thousands of blank cells.
    private static let lastSpannedColumn = 100

    private var rows: [[[MarkdownBlock]]] = []
    /// For each column, in how many further rows it is taken by a cell above.
    private var taken: [Int] = []
    private var allHeaders: [Bool] = []

    mutating func startRow() {
        rows.append([])
        allHeaders.append(true)
        for column in taken.indices where taken[column] > 0 { taken[column] -= 1 }
    }

    mutating func add(_ content: [MarkdownBlock], isHeader: Bool, columns: Int, rows rowSpan: Int) {
        if rows.isEmpty { startRow() }
        let row = rows.count - 1
        var column = rows[row].count
        while column < taken.count, taken[column] > 0 {
            rows[row].append([])
            column += 1
        }
        let width = min(max(columns, 1), max(1, Self.lastSpannedColumn - column))
        rows[row].append(content)
        rows[row] += [[MarkdownBlock]](repeating: [], count: width - 1)
        // Beyond the limit a cell stands for itself only.
        guard column + width <= Self.lastSpannedColumn else { return finishCell(row, isHeader) }
        if taken.count < column + width { taken += [Int](repeating: 0, count: column + width - taken.count) }
        for covered in column..<(column + width) { taken[covered] = max(rowSpan, 1) }
        finishCell(row, isHeader)
    }

    private mutating func finishCell(_ row: Int, _ isHeader: Bool) { allHeaders[row] = allHeaders[row] && isHeader }

    /// The table; rows in which nothing stands are left out.
    var table: MarkdownTable {
        let hasHeader = rows.first.map { !$0.isEmpty && allHeaders[0] } ?? false
        let kept = rows.enumerated().filter { index, row in
            (index == 0 && hasHeader) || !row.allSatisfy { $0.isEmpty }
        }
        return MarkdownTable(hasHeader: hasHeader, rows: kept.map(\.element))
    }
}
