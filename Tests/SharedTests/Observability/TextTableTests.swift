import Testing

@testable import Shared

@Suite struct TextTableTests {
    @Test(arguments: [
        ("abc", 3), ("한국어", 6), ("漢字かな", 8), ("ｱ", 1), ("Ａ", 2), ("é", 1), ("e\u{301}", 1),
        ("\u{1112}\u{1161}\u{11AB}", 2), ("👩‍👩‍👧", 2), ("🇰🇷", 2), ("❤️", 2), ("❤", 1), ("a\u{200B}b", 2), ("", 0), ("⚠︎", 1),
    ])
    func widthCountsTerminalColumns(text: String, width: Int) { #expect(text.displayWidth == width) }

    @Test(arguments: [
        ("한국어 문서", 11, "한국어 문서"), ("한국어 문서", 10, "한국어 문…"), ("한국어 문서", 6, "한국…"), ("한국어", 5, "한국…"),
        ("abcdef", 4, "abc…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("가나", 2, "…"),
    ])
    func truncationNeverPassesTheWidth(text: String, width: Int, expected: String) {
        #expect(text.truncated(toWidth: width) == expected)
        #expect(text.truncated(toWidth: width).displayWidth <= width)
    }

    private var table: TextTable {
        var table = TextTable([.init("Document"), .init("Title", isFlexible: true), .init("Chunks", .right)])
        table.add(["confluence:1", "온콜 안내서", "12"])
        table.add(["jira:20", "Release notes", "3"])
        return table
    }

    @Test func columnsLineUpWithWideText() {
        #expect(
            table.lines() == [
                "Document      Title          Chunks",
                "confluence:1  온콜 안내서        12",
                "jira:20       Release notes       3",
            ])
        #expect(Set(table.lines().map(\.displayWidth)) == [35])
    }

    @Test func flexibleColumnsGiveWay() {
        let lines = table.lines(width: 30)
        #expect(lines.allSatisfy { $0.displayWidth <= 30 })
        #expect(lines[1] == "confluence:1  온콜 안…      12")
        #expect(lines[2] == "jira:20       Release…       3")
    }

    @Test func inflexibleColumnsStayWholeOnNarrowTerminals() {
        #expect(table.lines(width: 5)[1].hasPrefix("confluence:1  "))
    }

    @Test func cellsCannotForgeLinesOrMoveTheCursor() {
        var table = TextTable([.init("A"), .init("B")])
        table.add(["x\ny\u{1B}[2J", "b", "surplus"])
        table.add([])
        #expect(table.lines() == ["A              B", "x\\ny\\u{1b}[2J  b", ""])
    }
}
