import Foundation
import Testing

@testable import Extractor

@Suite struct ScheduleTests {
    private func date(_ text: String) throws -> Date { try Date.ISO8601FormatStyle().parse(text) }

    @Test(arguments: [
        (6.0, "2026-11-25T05:59:59Z", "2026-11-25T06:00:00Z"), (6.0, "2026-11-25T06:00:00Z", "2026-11-25T12:00:00Z"),
        (6.0, "2026-11-25T23:00:00Z", "2026-11-26T00:00:00Z"), (24.0, "2026-11-25T00:00:01Z", "2026-11-26T00:00:00Z"),
        (1.0, "2026-11-25T23:59:59Z", "2026-11-26T00:00:00Z"), (0.5, "2026-11-25T10:10:00Z", "2026-11-25T10:30:00Z"),
    ])
    func ticksLieOnWholeMultiplesOfTheInterval(hours: Double, now: String, next: String) throws {
        #expect(Schedule(hours: hours, share: 0).next(after: try date(now)) == (try date(next)))
    }

    @Test func jitterMovesEveryTickByTheSameLittle() throws {
        let schedule = Schedule(hours: 6, share: 0.5)
        #expect(schedule.jitter == 150)
        let first = schedule.next(after: try date("2026-11-25T06:00:00Z"))
        #expect(first == (try date("2026-11-25T06:02:30Z")))
        #expect(schedule.next(after: first) == (try date("2026-11-25T12:02:30Z")))
        #expect(Schedule(hours: 0.1, share: 1).jitter == 18)
    }

    @Test func nextIsLaterForAnyIntervalAndMoment() throws {
        for _ in 0..<2000 {
            let schedule = Schedule(hours: .random(in: 0.0005...100))
            let now = Date(timeIntervalSince1970: .random(in: 0...4e9))
            let next = schedule.next(after: now)
            #expect(next > now)
            #expect(next.timeIntervalSince(now) <= schedule.interval * 1.0001)
        }
    }

    @Test func ticksThatPassedAreCounted() throws {
        let schedule = Schedule(hours: 1, share: 0)
        let start = try date("2026-11-25T06:00:00Z")
        #expect(schedule.ticks(after: start, through: try date("2026-11-25T06:59:59Z")) == 0)
        #expect(schedule.ticks(after: start, through: try date("2026-11-25T09:30:00Z")) == 3)
        #expect(schedule.ticks(after: start, through: try date("2026-11-25T05:00:00Z")) == 0)
    }
}
