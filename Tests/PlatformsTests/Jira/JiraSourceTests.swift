import FoundationEssentials
import Shared
import TestSupport
import Testing

@testable import Platforms

struct JiraSourceTests {
    private func source(_ http: ScriptedHTTP, condition: String? = nil) throws -> JiraSource {
        JiraSource(
            settings: try FakeSite.settings("JIRA", url: "https://haneul.atlassian.net/wiki"), projects: ["OPS"],
            condition: condition, transport: http, clock: ImpatientClock())
    }

    private static func issue(_ id: Int, comments: String = "", total: Int = 0) -> String {
        #"{"id":"\#(id)","key":"OPS-\#(id)","fields":{"summary":"Reefer alarm","updated":"2026-11-20T10:11:12.345+0900","created":"2026-11-19T10:00:00.000+0900","project":{"key":"OPS","name":"Operations"},"status":{"name":"진행 중"},"reporter":{"displayName":"Kim"},"labels":["b","a"],"issuelinks":[{"type":{"outward":"blocks"},"outwardIssue":{"key":"WMS-7"}}],"description":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Text"}]}]},"comment":{"comments":[\#(comments)],"total":\#(total)}}}"#
    }

    private static func comment(_ id: Int, _ text: String, isPublic: Bool = true) -> String {
        #"{"id":"\#(id)","author":{"displayName":"Lee"},"created":"2026-11-20T0\#(id):00:00.000+0000","updated":"2026-11-20T01:00:00.000+0000","jsdPublic":\#(isPublic),"body":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"\#(text)"}]}]}}"#
    }

    private func collect(_ source: JiraSource) async throws -> [Document] {
        var all: [Document] = []
        for try await page in source.documents(in: ["OPS"], since: Date(timeIntervalSince1970: 1_000_000)) {
            all += page
        }
        return all
    }

    @Test func documentHasTheStandardForm() async throws {
        let comments = Self.comment(2, "two") + "," + Self.comment(1, "hidden", isPublic: false)
        let http = ScriptedHTTP([
            .answer(FakeSite.json(#"{"issues":[\#(Self.issue(7, comments: comments, total: 2))],"isLast":true}"#))
        ])
        let document = try #require(try await collect(try source(http)).first)
        #expect(document.id == "jira:haneul.atlassian.net:7" && document.title == "OPS-7: Reefer alarm")
        #expect(document.url == "https://haneul.atlassian.net/browse/OPS-7" && document.scope == "OPS")
        #expect(document.content == "Text\n\n## Comments\n\n**Lee** (2026-11-20 02:00 UTC):\n\ntwo")
        #expect(document.updatedAt == "2026-11-20T01:11:12.345Z" && document.revision == 1_795_137_072_345)
        #expect(document.versionKey.hasPrefix("u1795137072345-"))
        let metadata = try document.metadata.parsed()
        #expect(
            metadata["status"]?.string == "진행 중"
                && metadata["links"]?.array.map { $0.compactMap(\.string) } == ["blocks WMS-7"])
        #expect(http.requests[0].url == "https://haneul.atlassian.net/rest/api/3/search/jql")
        let body = try JSONElement(parsing: http.requests[0].body ?? [])
        #expect(body["jql"]?.string == #"project in ("OPS") AND updated >= 999700000 ORDER BY updated ASC, key ASC"#)
        #expect(body["maxResults"]?.int == 100)
    }

    @Test func shortPagesGoOnAndRepeatedTokensFail() async throws {
        let http = ScriptedHTTP([
            .answer(FakeSite.json(#"{"issues":[\#(Self.issue(1))],"nextPageToken":"a"}"#)),
            .answer(FakeSite.json(#"{"issues":[],"nextPageToken":"b","isLast":false}"#)),
            .answer(FakeSite.json(#"{"issues":[\#(Self.issue(2))],"nextPageToken":""}"#)),
        ])
        #expect(try await collect(try source(http, condition: "labels = x OR a = b")).count == 2)
        #expect(http.body(0).contains("AND (labels = x OR a = b) AND updated"))
        let circle = ScriptedHTTP(
            [], then: .answer(FakeSite.json(#"{"issues":[\#(Self.issue(1))],"nextPageToken":"a"}"#)))
        let error = await #expect(throws: SourceError.self) { try await collect(try source(circle)) }
        #expect(error?.code == .unexpectedAnswer)
    }

    @Test func cutCommentsAreReadToTheEnd() async throws {
        let http = ScriptedHTTP([
            .answer(
                FakeSite.json(
                    #"{"issues":[\#(Self.issue(7, comments: Self.comment(1, "one"), total: 3))],"isLast":true}"#)),
            .answer(FakeSite.json(#"{"comments":[\#(Self.comment(1, "one")),\#(Self.comment(2, "two"))],"total":3}"#)),
            .answer(FakeSite.json(#"{"comments":[\#(Self.comment(3, "three"))],"total":3}"#)),
        ])
        let content = try #require(try await collect(try source(http)).first?.content)
        #expect(content.contains("one") && content.contains("two") && content.contains("three"))
        #expect(http.requests[2].url.contains("/rest/api/3/issue/7/comment?startAt=2&maxResults=100"))
    }

    @Test func censusListsIdsOnly() async throws {
        let http = ScriptedHTTP([.answer(FakeSite.json(#"{"issues":[{"id":"5"},{"id":"6"}],"isLast":true}"#))])
        var ids: [String] = []
        for try await page in try source(http).identifiers(in: "OPS") { ids += page }
        #expect(ids == ["jira:haneul.atlassian.net:5", "jira:haneul.atlassian.net:6"])
        #expect(http.body(0).contains(#""fields":["id"],"maxResults":5000"#))
    }
}
