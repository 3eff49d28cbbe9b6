import FoundationEssentials
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Platforms

/// Since when changes are asked for, without a time zone.
struct ConfluenceWindowTests {
    typealias Wiki = FakeWiki

    @Test func windowIsRelativeRoundedUpAndOverlaps() async throws {
        let wiki = Wiki()
        _ = try await wiki.source().changed()
        // 90 s are 2 minutes, and 5 of overlap.
        for question in [Wiki.Question.changedPages, .changedChildren] {
            let window = #"lastmodified >= now("-7m") order by lastmodified desc&"#
            #expect(wiki.asked(question)[0].contains(window))
        }
        #expect(
            wiki.asked(.changedPages)[0].hasPrefix("https://haneul.atlassian.net/wiki/rest/api/content/search?cql="))
    }

    @Test func aWindowThatBeginsBeforeTimeOrInTheFutureIsStillOne() {
        func relative(_ since: Date) -> String {
            ConfluenceQuery.Window(since: since) { Wiki.now }.relative
        }
        #expect(relative(Date(timeIntervalSince1970: -1e14)).contains(#"now("-52561440m")"#))
        #expect(relative(Wiki.now.addingTimeInterval(1e9)).contains(#"now("-5m")"#))
        // A day and a tenth of it, as the server's now moves on while a long listing is read.
        #expect(relative(Wiki.now.addingTimeInterval(-86_400)).contains(#"now("-1584m")"#))
        let window = ConfluenceQuery.Window(since: Date(timeIntervalSince1970: 0)) { Wiki.now }
        #expect(window.literal == #"lastmodified >= "1970-01-01 00:00""#)
    }

    @Test func aServerThatRefusesRelativeTimesIsAskedByADateThatLiesBeforeTheWindowInEveryZone() async throws {
        let wiki = Wiki([.changedPages: [Wiki.failure(400), Wiki.listing([Wiki.page(65)])]])
        let source = try wiki.source()
        #expect(try await source.changed().count == 1)
        // 2027-01-15 08:00 minus 90 s minus 26 h.
        let literal = #"lastmodified >= "2027-01-14 05:58""#
        #expect(wiki.asked(.changedPages).map { $0.contains(literal) } == [false, true])
        #expect(wiki.asked(.changedChildren)[0].contains(literal))
        // Remembered: the next window is not asked for twice.
        _ = try await source.changed()
        #expect(wiki.asked(.changedPages).count == 3 && wiki.asked(.changedPages)[2].contains(literal))
    }

    @Test func aQueryThatIsRefusedEitherWayIsAnErrorAndChangesNothing() async throws {
        let wiki = Wiki([.changedPages: [Wiki.failure(400), Wiki.failure(400), Wiki.listing([])]])
        let source = try wiki.source()
        let error = await #expect(throws: SourceError.self) { try await source.changed() }
        #expect(error?.code == .rejected)
        _ = try await source.changed()
        #expect(wiki.asked(.changedPages).last?.contains("now(") == true)
    }

    @Test func theQueryStaysTheSameWhileACursorIsFollowed() async throws {
        let clock = TickingClock()
        let wiki = Wiki([
            .changedPages: [
                Wiki.listing([Wiki.page(1)], next: "/rest/api/content/search?cursor=a"), Wiki.listing([Wiki.page(2)]),
            ]
        ])
        let source = ConfluenceSource(
            settings: try FakeSite.settings("CONFLUENCE"), transport: wiki, clock: ImpatientClock(), now: clock.now)
        #expect(try await source.changed().count == 2)
        let asked = wiki.asked(.changedPages)
        #expect(asked.count == 2 && asked[1].hasPrefix(asked[0]))
        // Asked for an hour later, so that its window has to reach an hour further back.
        let minutes = [asked[0], wiki.asked(.changedChildren)[0]].compactMap { url in
            url.split(separator: "now(\"-").last.flatMap { Int($0.prefix { $0 != "m" }) }
        }
        #expect(minutes.count == 2 && minutes[1] >= minutes[0] + 60)
    }

    @Test func byOffsetEachPageIsAskedForWithTheWindowAsItIsThen() async throws {
        let clock = TickingClock()
        let wiki = Wiki([.changedPages: [Wiki.listing([Wiki.page(1)]), Wiki.listing([Wiki.page(1)])]])
        let source = ConfluenceSource(
            settings: try FakeSite.settings("CONFLUENCE", edition: .datacenter), transport: wiki,
            clock: ImpatientClock(), now: clock.now)
        #expect(try await source.changed().count == 1)
        let asked = wiki.asked(.changedPages)
        #expect(asked.count == 2)
        #expect(Set(asked.map { $0.prefix { $0 != "&" } }).count == 2)
    }
}

/// Shows a later hour each time it is looked at.
private final class TickingClock: Sendable {
    private let hours = Mutex(0)

    var now: @Sendable () -> Date {
        {
            let hour = self.hours.withLock { hours in
                hours += 1
                return hours
            }
            return FakeWiki.now.addingTimeInterval(Double(hour) * 3600)
        }
    }
}
