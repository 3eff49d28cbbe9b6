import Synchronization
import Testing

@testable import Shared

@Suite struct ProgressLineTests {
    /// A clock that stands still until told.
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
        var now: ContinuousClock.Instant { time.withLock { $0 } }
    }

    @Test func drawsAtMostTenTimesASecond() {
        let piped = PipedStreams()
        let clock = Clock()
        let line = ProgressLine("Loading", total: nil, unit: "documents", on: piped.streams) { clock.now }
        #expect(piped.readError() == "Loading  0 documents  0:00")
        for _ in 0..<1000 {
            line.advance()
            clock.advance(.microseconds(100))
        }
        #expect(piped.readError().isEmpty)
        line.advance()
        #expect(piped.readError() == "\r\u{1B}[JLoading  1,001 documents  0:00")
        line.finish()
        #expect(piped.readError() == "\r\u{1B}[JLoading  1,001 documents  in 0:00\n")
        line.advance()
        line.finish()
        #expect(piped.readError().isEmpty)
    }

    @Test func aKnownTotalShowsBarRateAndRemainingTime() {
        var snapshot = ProgressSnapshot(
            title: "Replay", completed: 50, total: 200, unit: "messages", elapsed: .seconds(10))
        snapshot.counters = [("failed", 2)]
        snapshot.note = "jira:1"
        #expect(
            snapshot.text(columns: 200)
                == "Replay  ▕██████                  ▏   25%  50/200 messages  5.0/s  0:10  ETA 0:30  failed 2  jira:1")
        #expect(
            snapshot.text(columns: 90)
                == "Replay  ▕██▌       ▏   25%  50/200 messages  5.0/s  0:10  ETA 0:30  failed 2  jira:1")
        // Narrower still: words go first, then the bar, the time, the counters; the count itself stays.
        snapshot.counters.append(("removed", 0))
        #expect(snapshot.text(columns: 80) == "Replay  ▕██▌       ▏   25%  50/200  5.0/s  0:10  ETA 0:30  failed 2")
        #expect(snapshot.text(columns: 60) == "Replay   25%  50/200  5.0/s  0:10  ETA 0:30  failed 2")
        #expect(snapshot.text(columns: 40) == "Replay   25%  50/200  failed 2")
        #expect(snapshot.text(columns: 10) == "Replay   25%  50/200")
        snapshot.counters.removeLast()
        #expect(snapshot.summary("stopped") == "Replay  stopped  50/200 messages  failed 2  in 0:10  5.0/s")
    }

    @Test(arguments: [(0, 0), (5, 3), (3, 0), (Int.max, 1)])
    func oddCountsDoNotTrap(completed: Int, total: Int) {
        let snapshot = ProgressSnapshot(
            title: "t", completed: completed, total: total, unit: "", elapsed: .seconds(3))
        #expect(!snapshot.text(columns: 80).isEmpty)
        #expect(!snapshot.text(columns: 0).isEmpty)
    }

    @Test func nothingIsWrittenWhereNoTerminalIs() {
        let piped = PipedStreams(errorTerminal: Terminal(isInteractive: false, usesColor: false, columns: 80))
        let line = ProgressLine("Loading", total: 10, unit: "", on: piped.streams) { .now }
        line.advance(by: 10)
        line.finish()
        #expect(piped.readError().isEmpty)
    }

    @Test func aThrownErrorLeavesNothingBehind() async {
        struct Broken: Error {}
        let piped = PipedStreams()
        await #expect(throws: Broken.self) {
            try await withProgress("Loading", on: piped.streams) { _ in throw Broken() }
        }
        #expect(piped.readError() == "Loading  0  0:00\r\u{1B}[J")
        let answer = await withProgress("Loading", on: piped.streams) { progress in
            progress.update(completed: 3, total: 3)
            return 42
        }
        #expect(answer == 42)
        #expect(piped.readError().hasSuffix("\r\u{1B}[JLoading  3/3  in 0:00\n"))
    }

    @Test(arguments: [(0, "0:00"), (59, "0:59"), (754, "12:34"), (3723, "1:02:03"), (-5, "0:00")])
    func clocks(seconds: Int, text: String) { #expect(Duration.seconds(seconds).clock == text) }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
    func thousandsAreGrouped(number: Int, text: String) { #expect(number.grouped == text) }
}
