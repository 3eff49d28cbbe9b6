import Foundation
import Glibc
import Logging
import Testing

@testable import Shared

@Suite struct StandardStreamsTests {
    @Test func logLinesGoAboveLiveProgressInOneWrite() {
        let piped = PipedStreams()
        let id = piped.streams.attachLive()
        piped.streams.updateLive(id, "working 1")
        #expect(piped.readError() == "working 1")
        piped.streams.writeErrorLine("hello")
        #expect(piped.readError() == "\r\u{1B}[Jhello\nworking 1")
        piped.streams.detachLive(id, leaving: "done")
        #expect(piped.readError() == "\r\u{1B}[Jdone\n")
        piped.streams.writeErrorLine("after")
        #expect(piped.readError() == "after\n")
    }

    @Test func severalRowsAreErasedTogether() {
        let piped = PipedStreams()
        let first = piped.streams.attachLive()
        let second = piped.streams.attachLive()
        piped.streams.updateLive(first, "one")
        piped.streams.updateLive(second, "two")
        #expect(piped.readError() == "one\r\u{1B}[Jone\ntwo")
        piped.streams.detachLive(first, leaving: nil)
        #expect(piped.readError() == "\r\u{1B}[1A\u{1B}[Jtwo")
        piped.streams.detachLive(second, leaving: nil)
        #expect(piped.readError() == "\r\u{1B}[J")
    }

    @Test func aBlockOfLinesIsErasedAndLeftWhole() {
        let piped = PipedStreams()
        let block = LiveBlock(on: piped.streams)
        block.show(["one", "", "three"])
        #expect(piped.readError() == "one\n\nthree")
        block.show(["two"])
        #expect(piped.readError() == "\r\u{1B}[2A\u{1B}[Jtwo")
        block.show((0..<40).map { "row \($0)" })
        // Rows that scrolled away could never be erased.
        #expect(piped.readError().split(separator: "\n").count == 24)
        block.end(leaving: ["a", "b"])
        #expect(piped.readError() == "\r\u{1B}[23A\u{1B}[Ja\nb\n")
        block.show(["late"])
        #expect(piped.readError().isEmpty)
    }

    @Test func rowsAreCutBeforeTheLastColumn() {
        let piped = PipedStreams(errorTerminal: Terminal(isInteractive: true, usesColor: false, columns: 10))
        let id = piped.streams.attachLive()
        piped.streams.updateLive(id, "한국어문서처리")
        #expect(piped.readError() == "한국어문…")
    }

    @Test func resultsAreWrittenWhole() {
        let piped = PipedStreams()
        #expect(piped.streams.print("{}"))
        #expect(piped.readOutput() == "{}\n")
        #expect(piped.readError().isEmpty)
    }

    @Test(.timeLimit(.minutes(1)))
    func linesThatNobodyReadsAreDroppedAndReported() {
        signal(SIGPIPE, SIG_IGN)
        let piped = PipedStreams()
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 4000)
        for _ in 0..<60 { piped.streams.writeErrorLine(line) }
        let lost = piped.streams.lostLines
        #expect(lost > 0)
        #expect(piped.readError().utf8.count == (60 - lost) * 4001)
        piped.streams.writeErrorLine(Array("next".utf8)) { Array("lost \($0)".utf8) }
        #expect(piped.readError() == "lost \(lost)\nnext\n")
        #expect(piped.streams.lostLines == 0)
    }

    @Test func aReaderThatHasGoneIsNoCrash() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        close(ends[0])
        let terminal = Terminal(isInteractive: false, usesColor: false, columns: 80)
        let streams = StandardStreams(
            output: ends[1], error: ends[1], outputTerminal: terminal, errorTerminal: terminal)
        streams.writeErrorLine("nobody")
        #expect(streams.lostLines == 1)
        #expect(!streams.print("nobody"))
        close(ends[1])
    }

    @Test func concurrentLinesStayWhole() async {
        let piped = PipedStreams()
        let streams = piped.streams
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { for line in 0..<40 { streams.writeErrorLine("<\(task) \(line)>") } }
            }
        }
        let lines = piped.readError().split(separator: "\n")
        #expect(lines.count == 320)
        #expect(Set(lines).count == 320)
        #expect(lines.allSatisfy { $0.hasPrefix("<") && $0.hasSuffix(">") })
    }

    @Test(arguments: [
        (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": "1"], false), (["TERM": "dumb"], false),
        (["TERM": "xterm", "NO_COLOR": ""], true),
    ])
    func coloursFollowTheEnvironment(environment: [String: String], expected: Bool) throws {
        // The macros TIOCSPTLCK and TIOCGPTN do not reach Swift: unlock the pseudo-terminal and ask for its number.
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        defer { close(master) }
        var isLocked: Int32 = 0
        var number: Int32 = -1
        try #require(ioctl(master, 0x4004_5431, &isLocked) == 0)
        try #require(ioctl(master, 0x8004_5430, &number) == 0)
        let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        defer { close(terminal) }
        #expect(Terminal(descriptor: terminal) { environment[$0] }.usesColor == expected)
        var size = winsize(ws_row: 24, ws_col: 132, ws_xpixel: 0, ws_ypixel: 0)
        #expect(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
        #expect(Terminal(descriptor: terminal).columns == 132)
        #expect(Terminal(descriptor: -1).columns == 80)
    }
}
