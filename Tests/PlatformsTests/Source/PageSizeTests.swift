import Shared
import TestSupport
import Testing

@testable import Platforms

struct PageSizeTests {
    private func heavy() -> SourceError {
        var error = SourceError(.unavailable, "too much")
        error.mayBeTooHeavy = true
        return error
    }

    @Test func heavyPagesAreQuarteredAndGrowAgain() async throws {
        var size = PageSize(100)
        var asked: [Int] = []
        for _ in 0..<3 {
            _ = try await size.adapted { limit throws(SourceError) in
                asked.append(limit)
                if limit > 30 { throw heavy() }
                return limit
            }
        }
        #expect(asked == [100, 25, 50, 12, 24])
    }

    @Test func onePageOfOneThatIsTooHeavyIsAnError() async throws {
        var size = PageSize(5)
        var asked: [Int] = []
        await #expect(throws: SourceError.self) {
            _ = try await size.adapted { limit throws(SourceError) -> Int in
                asked.append(limit)
                throw heavy()
            }
        }
        #expect(asked == [5, 1])
    }

    @Test func otherFaultsAreNotTriedSmaller() async throws {
        var size = PageSize(5)
        var asked = 0
        await #expect(throws: SourceError.self) {
            _ = try await size.adapted { _ throws(SourceError) -> Int in
                asked += 1
                throw SourceError(.unavailable, "down")
            }
        }
        #expect(asked == 1)
    }

    @Test(arguments: [500, 502, 504]) func aServerThatFailsOnALargePageGetsASmallerOne(_ status: Int) async throws {
        let http = ScriptedHTTP(
            [.answer(FakeSite.json("", status: status)), .answer(FakeSite.json("", status: status))],
            then: .answer(FakeSite.json(#"{"issues":[]}"#)))
        let client = AtlassianClient(
            settings: try FakeSite.settings("JIRA"), transport: http, clock: ImpatientClock())
        let pager = CursorPager("search", size: 50) { _, limit throws(SourceError) in
            _ = try await client.getPage("/s", [("maxResults", "\(limit)")], size: limit)
            return CursorPager.Page(items: [], next: nil)
        }
        #expect(try await pager.next() == nil)
        #expect(http.requests.map(\.url).map { $0.split(separator: "=").last } == ["50", "50", "12"])
    }

    @Test func aSiteThatHangsIsWaitedForOnceASizeAndFiveTimesInTheEnd() async throws {
        let http = ScriptedHTTP([], then: .fail(.timedOut))
        let client = AtlassianClient(settings: try FakeSite.settings("JIRA"), transport: http, clock: ImpatientClock())
        let pager = CursorPager("search", size: 100) { _, limit throws(SourceError) in
            _ = try await client.getPage("/s", [("maxResults", "\(limit)")], size: limit)
            return CursorPager.Page(items: [], next: nil)
        }
        let error = await #expect(throws: SourceError.self) { try await pager.next() }
        #expect(error?.code == .unavailable && error?.isSilent == true)
        let sizes = http.requests.map(\.url).map { $0.split(separator: "=").last }
        #expect(sizes == ["100", "25", "6", "1", "1", "1", "1", "1"])
    }

    @Test(arguments: [HTTPError.Code.timedOut, .interrupted, .responseTooLarge]) func brokenTransfersAreHeavyToo(
        _ code: HTTPError.Code
    ) async throws {
        let http = ScriptedHTTP([], then: .fail(code))
        let client = AtlassianClient(settings: try FakeSite.settings("JIRA"), transport: http, clock: ImpatientClock())
        let error = await #expect(throws: SourceError.self) { try await client.getPage("/s", [], size: 50) }
        #expect(error?.mayBeTooHeavy == true && error?.isSilent == (code == .timedOut))
        #expect(http.requests.count == (code == .interrupted ? 2 : 1))
        let cut = ScriptedHTTP([], then: .answer(FakeSite.json(#"{"issues":[{"id"#)))
        let other = AtlassianClient(settings: try FakeSite.settings("JIRA"), transport: cut, clock: ImpatientClock())
        #expect(
            await #expect(throws: SourceError.self) { try await other.getPage("/s", [], size: 50) }?.mayBeTooHeavy
                == true)
    }
}
