import FoundationEssentials
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Platforms

/// Data Center lists by offset; these are the ways in which that loses issues or gives them twice.
struct JiraDateWalkTests {
    private static let start = 1_790_000_000_000

    private func source(_ server: FakeDataCenter) throws -> JiraSource {
        JiraSource(
            settings: try FakeSite.settings("JIRA", url: "https://jira.haneul.example/jira", email: nil),
            projects: ["OPS"], transport: server, clock: ImpatientClock())
    }

    /// Issues a number of milliseconds apart.
    private static func issues(_ count: Int, apart: Int) -> [FakeDataCenter.Issue] {
        (0..<count).map {
            FakeDataCenter.Issue(
                id: 1000 + $0, key: "OPS-\($0)", updated: start + $0 * apart, created: start + $0 * apart)
        }
    }

    private func collect(_ source: JiraSource, since: Int = start) async throws -> [Document] {
        var all: [Document] = []
        let since = Date(timeIntervalSince1970: Double(since) / 1000)
        for try await page in source.documents(in: ["OPS"], since: since) { all += page }
        return all
    }

    private func census(_ source: JiraSource) async throws -> [String] {
        var ids: [String] = []
        for try await page in source.identifiers(in: "OPS") { ids += page }
        return ids
    }

    @Test(arguments: [1, 250, 7000, 61_000]) func everyIssueComesOnceHoweverFarApart(_ milliseconds: Int) async throws {
        let server = FakeDataCenter { $0.issues = Self.issues(730, apart: milliseconds) }
        let documents = try await collect(try source(server))
        #expect(documents.map(\.id) == (0..<730).map { "jira:jira.haneul.example:\(1000 + $0)" })
    }

    @Test func shortPagesAreAdvancedByWhatWasReceived() async throws {
        let server = FakeDataCenter {
            $0.issues = Self.issues(100, apart: 100)
            $0.pageCap = 7
        }
        #expect(try await collect(try source(server)).count == 100)
    }

    @Test func theResultWindowIsNeverReached() async throws {
        let server = FakeDataCenter {
            $0.issues = Self.issues(25_000, apart: 20)
            // 50 a second and 3000 a minute.
            $0.resultWindow = 10_000
        }
        #expect(Set(try await census(try source(server))).count == 25_000)
        #expect(server.state.withLock { $0.largestEnd } <= 10_000)
        let scattered = FakeDataCenter { $0.issues = Self.issues(12_000, apart: 5) }
        #expect(try await collect(try source(scattered)).count == 12_000)
        #expect(scattered.state.withLock { $0.largestEnd } < 10_000)
    }

    @Test func moreInASecondThanTheWindowHoldsIsAnErrorAndNoSilentEnd() async throws {
        let server = FakeDataCenter {
            $0.issues = Self.issues(400, apart: 0)
            $0.resultWindow = 300
        }
        let error = await #expect(throws: SourceError.self) { try await collect(try source(server)) }
        #expect(error?.message.contains("Search limit exceeded") == true)
        await #expect(throws: SourceError.self) { try await census(try source(server)) }
    }

    /// An edit moves an issue to the end, and with plain offsets the one at the edge of the page is never given.
    @Test(arguments: [0, 30, 700]) func editsWhilePagingLeaveNoHole(_ apart: Int) async throws {
        for seed in 0..<12 {
            let server = FakeDataCenter { state in
                state.issues = Self.issues(600, apart: apart)
                state.meanwhile = { state in
                    var random = SeededGenerator(state: UInt64(seed * 1000 + state.searches))
                    guard state.searches < 40 else { return }
                    for _ in 0..<Int.random(in: 0...3, using: &random) {
                        state.edit(Int.random(in: 0..<state.issues.count, using: &random))
                    }
                    if Int.random(in: 0..<4, using: &random) == 0 {
                        state.issues.remove(at: Int.random(in: 0..<100, using: &random))
                    }
                }
            }
            let documents = try await collect(try source(server))
            let latest = Dictionary(documents.map { ($0.id, $0.title) }) { $1 }
            for issue in server.state.withLock({ $0.issues }) {
                let title = latest["jira:jira.haneul.example:\(issue.id)"]
                #expect(title != nil, "seed \(seed): \(issue.key) is missing")
            }
            // The same version never comes twice.
            #expect(Set(documents.map { "\($0.id) \($0.versionKey)" }).count == documents.count)
        }
    }

    @Test func deletionsWhileTheCensusRunsHideNoOtherIssue() async throws {
        for seed in 0..<12 {
            let server = FakeDataCenter { state in
                state.issues = Self.issues(900, apart: 10)
                state.pageCap = 100
                state.meanwhile = { state in
                    var random = SeededGenerator(state: UInt64(seed * 1000 + state.searches))
                    for _ in 0..<2 { state.issues.remove(at: Int.random(in: 0..<60, using: &random)) }
                }
            }
            let ids = Set(try await census(try source(server)))
            for issue in server.state.withLock({ $0.issues }) {
                #expect(ids.contains("jira:jira.haneul.example:\(issue.id)"), "seed \(seed): \(issue.id)")
            }
        }
    }

    @Test func issuesThatNeverHoldStillEndTheScope() async throws {
        let server = FakeDataCenter { state in
            state.issues = Self.issues(500, apart: 0)
            // All are replaced by others of the same date, again and again.
            state.meanwhile = { state in
                let first = 1000 * (1 + state.searches)
                state.issues = (0..<500).map {
                    FakeDataCenter.Issue(id: first + $0, key: "OPS-N", updated: Self.start, created: Self.start)
                }
            }
        }
        let error = await #expect(throws: SourceError.self) { try await collect(try source(server)) }
        #expect(error?.message.contains("incomplete") == true)
    }

    @Test func heavyPagesAreAskedForInSmallerParts() async throws {
        let server = FakeDataCenter {
            $0.issues = Self.issues(150, apart: 100)
            $0.heaviest = 30
        }
        #expect(try await collect(try source(server)).count == 150)
    }

    @Test(arguments: [-8 * 60, 9 * 60, 5 * 60 + 45]) func theWindowIsTheSameInEveryZone(_ zone: Int) async throws {
        let server = FakeDataCenter {
            $0.issues = Self.issues(100, apart: 60_000)
            $0.zone = zone
        }
        // 55 minutes in, less five of overlap.
        let documents = try await collect(try source(server), since: Self.start + 55 * 60_000)
        #expect(
            documents.count == 50
                && documents.first?.updatedAt == Moment(validMilliseconds: Self.start + 3_000_000)?.rfc3339)
    }

    @Test func aServerThatTakesNoNumbersIsAskedInMinutesBeforeItsNow() async throws {
        let server = FakeDataCenter {
            $0.issues = Self.issues(300, apart: 60_000)
            $0.readsMilliseconds = false
            // An hour of the server's is what counts, though it is years from ours.
            $0.clock = Self.start + 300 * 60_000
        }
        let documents = try await collect(try source(server), since: Self.start + 200 * 60_000)
        #expect((105...108).contains(documents.count) && documents.last?.id.hasSuffix(":1299") == true)
    }

    /// A clock that is off by more than a day is not believed.
    @Test(arguments: [(20, 1), (23 * 60, 1), (25 * 60, 0)])
    func aServerWhoseClockIsBehindLosesNothing(_ minutes: Int, _ count: Int) async throws {
        let now = Moment(Date()).milliseconds
        let server = FakeDataCenter {
            $0.clock = now - minutes * 60_000
            // Changed two minutes ago by our clock, after the window's start.
            $0.issues = [.init(id: 1, key: "OPS-1", updated: now - (minutes + 2) * 60_000, created: Self.start)]
        }
        let source = try source(server)
        try await source.verify()
        #expect(try await collect(source, since: now - 3 * 60_000).count == count)
    }

    @Test func anEmptyPageBeforeTheEndIsAnError() async throws {
        let http = ScriptedHTTP([
            .answer(FakeSite.json(#"{"deploymentType":"Server"}"#)), .answer(FakeSite.json("[]")),
            .answer(FakeSite.json(#"{"issues":[],"total":3,"startAt":0}"#)),
        ])
        let source = JiraSource(
            settings: try FakeSite.settings("JIRA", email: nil), projects: ["OPS"], transport: http,
            clock: ImpatientClock())
        let error = await #expect(throws: SourceError.self) { try await collect(source) }
        #expect(error?.code == .unexpectedAnswer)
    }
}
