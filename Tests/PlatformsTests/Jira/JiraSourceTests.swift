import FoundationEssentials
import Shared
import TestSupport
import Testing

@testable import Platforms

struct JiraSourceTests {
    private static func issue(_ id: Int, _ more: String = "", comments: String = "", total: Int = 0) -> String {
        #"{"id":"\#(id)","key":"OPS-\#(id)","fields":{"summary":"Reefer alarm","updated":"2026-11-20T10:11:12.345+0900","created":"2026-11-19T10:00:00.000+0900","project":{"key":"OPS","name":"Operations"},"status":{"name":"진행 중","statusCategory":{"key":"indeterminate"}},"reporter":{"displayName":"Kim","name":"kim"},"labels":["b","a"],"issuelinks":[{"type":{"outward":"blocks"},"outwardIssue":{"key":"WMS-7"}}],"description":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Text"}]}]},\#(more)"comment":{"comments":[\#(comments)],"total":\#(total)}}}"#
    }

    private static func comment(_ id: Int, _ text: String, _ more: String = #""jsdPublic":true"#) -> String {
        #"{"id":"\#(id)","author":{"displayName":"Lee"},"created":"2026-11-20T0\#(id):00:00.000+0000","updated":"2026-11-20T01:00:00.000+0000",\#(more),"body":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"\#(text)"}]}]}}"#
    }

    private static func page(_ issues: String..., next: String? = nil) -> ScriptedHTTP.Step {
        let token = next.map { #""nextPageToken":"\#($0)""# } ?? #""isLast":true"#
        return .answer(FakeSite.json(#"{"issues":[\#(issues.joined(separator: ","))],\#(token)}"#))
    }

    private func documents(
        _ jira: FakeJira, _ fields: [String] = [], restricted: Bool = false, condition: String? = nil
    )
        async throws -> [Document]
    {
        let source = try jira.source(fields: fields, restricted: restricted, condition: condition)
        var all: [Document] = []
        for try await page in source.documents(in: ["OPS"], since: Date(timeIntervalSince1970: 1_000_000)) {
            all += page
        }
        return all
    }

    @Test func documentHasTheStandardForm() async throws {
        let comments = Self.comment(2, "two") + "," + Self.comment(1, "hidden", #""jsdPublic":false"#)
        let jira = FakeJira([Self.page(Self.issue(7, comments: comments, total: 2))])
        let document = try #require(try await documents(jira).first)
        #expect(document.id == "jira:haneul.atlassian.net:7" && document.title == "OPS-7: Reefer alarm")
        #expect(document.url == "https://haneul.atlassian.net/browse/OPS-7" && document.scope == "OPS")
        #expect(document.content == "Text\n\n## Comments\n\n**Lee** (2026-11-20 02:00 UTC):\n\ntwo")
        #expect(document.updatedAt == "2026-11-20T01:11:12.345Z" && document.revision == 1_795_137_072_345)
        #expect(document.versionKey.hasPrefix("u1795137072345-"))
        let metadata = try document.metadata.parsed()
        #expect(
            metadata["status"]?.string == "진행 중" && metadata["status_category"]?.string == "indeterminate"
                && metadata["links"]?.array.map { $0.compactMap(\.string) } == ["blocks WMS-7"])
        #expect(jira.http.requests[0].url == "https://haneul.atlassian.net/rest/api/3/search/jql")
        let body = try JSONElement(parsing: jira.http.requests[0].body ?? [])
        #expect(body["jql"]?.string == #"project in ("OPS") AND updated >= 999700000 ORDER BY updated ASC, key ASC"#)
        #expect(body["maxResults"]?.int == 100)
        // Unless named, a search gives ids only.
        let fields = body["fields"]?.array.map { $0.compactMap(\.string) } ?? []
        #expect(["summary", "description", "updated", "comment", "security"].allSatisfy(fields.contains))
    }

    @Test func shortPagesGoOnAndRepeatedTokensFail() async throws {
        let jira = FakeJira([
            Self.page(Self.issue(1), next: "a"), Self.page(next: "b"),
            .answer(FakeSite.json(#"{"issues":[\#(Self.issue(2))],"nextPageToken":""}"#)),
        ])
        #expect(try await documents(jira, condition: "labels = x OR a = b").count == 2)
        #expect(jira.http.body(0).contains("AND (labels = x OR a = b) AND updated"))
        #expect(jira.http.body(1).contains(#""nextPageToken":"a""#))
        let circle = FakeJira([], then: Self.page(Self.issue(1), next: "a"))
        let error = await #expect(throws: SourceError.self) { try await documents(circle) }
        #expect(error?.code == .unexpectedAnswer)
    }

    @Test func doublesAreDroppedAndNewerVersionsKept() async throws {
        let edited = Self.issue(1).replacing("12.345", with: "13.000")
        let jira = FakeJira([
            Self.page(Self.issue(1), Self.issue(2), next: "a"), Self.page(Self.issue(2), next: "b"), Self.page(edited),
        ])
        let found = try await documents(jira)
        #expect(found.map { String($0.id.suffix(1)) } == ["1", "2", "1"] && found[2].revision > found[0].revision)
    }

    @Test func heavyPagesAreAskedForInSmallerParts() async throws {
        let jira = FakeJira([.fail(.interrupted), .fail(.interrupted), Self.page(Self.issue(1))])
        #expect(try await documents(jira).count == 1)
        #expect((0..<3).map { jira.http.body($0).contains(#""maxResults":100"#) } == [true, true, false])
    }

    @Test func cutCommentsAreReadToTheEnd() async throws {
        let jira = FakeJira([
            Self.page(Self.issue(7, comments: Self.comment(1, "one"), total: 3)),
            .answer(FakeSite.json(#"{"comments":[\#(Self.comment(1, "one")),\#(Self.comment(2, "two"))],"total":3}"#)),
            .answer(
                FakeSite.json(#"{"comments":[\#(Self.comment(2, "two")),\#(Self.comment(3, "three"))],"total":3}"#)),
        ])
        let content = try #require(try await documents(jira).first?.content)
        #expect(content.contains("one") && content.contains("three"))
        #expect(content.split(separator: "two").count == 2)
        #expect(jira.http.requests[2].url.contains("/rest/api/3/issue/7/comment?startAt=2&maxResults=100"))
    }

    @Test func commentsOfAnIssueThatIsGoneMeanwhileAreNone() async throws {
        let jira = FakeJira([
            Self.page(Self.issue(7, comments: Self.comment(1, "one"), total: 3)),
            .answer(FakeSite.json("{}", status: 404)),
        ])
        #expect(try await documents(jira).first?.content == "Text")
    }

    @Test func restrictedCommentsAreLeftOutUnlessAskedForAndThenMarked() async throws {
        let role = #""visibility":{"type":"role","value":"Administrators"}"#
        let comments = [
            Self.comment(1, "open"), Self.comment(2, "hidden", #""jsdPublic":false"#), Self.comment(3, "ours", role),
        ].joined(separator: ",")
        let step = Self.page(Self.issue(7, comments: comments, total: 3))
        let outside = try #require(try await documents(FakeJira([step])).first)
        #expect(outside.content.contains("open"))
        #expect(!outside.content.contains("hidden") && !outside.content.contains("ours"))
        let inside = try #require(try await documents(FakeJira([step]), restricted: true).first)
        #expect(inside.content.contains("**Lee, internal** (2026-11-20 02:00 UTC):\n\nhidden"))
        #expect(inside.content.contains("**Lee, only Administrators**"))
        #expect(inside.versionKey != outside.versionKey)
    }

    @Test func dataCenterIsAskedForTheCommentsOfServiceDesks() async throws {
        let project = #"{"key":"OPS","projectTypeKey":"service_desk"}"#
        let desk = Self.issue(
            7, comments: Self.comment(1, "a", #""x":0"#) + "," + Self.comment(2, "b", #""x":0"#), total: 2
        )
        .replacing(#"{"key":"OPS","name":"Operations"}"#, with: project)
        let told = #""properties":[{"key":"sd.public.comment","value":{"internal":true}}]"#
        let jira = FakeJira(
            [
                .answer(FakeSite.json(#"{"issues":[\#(desk)],"total":1}"#)),
                .answer(
                    FakeSite.json(
                        #"{"comments":[\#(Self.comment(1, "a", #""x":0"#)),\#(Self.comment(2, "b", told))],"total":2}"#)
                ),
            ], edition: .datacenter)
        let content = try #require(try await documents(jira).first?.content)
        #expect(content.hasSuffix("\n\na"))
        #expect(jira.http.requests[1].url.hasSuffix("&expand=properties"))
    }

    @Test func wikiMarkupAndMentionsAreConverted() async throws {
        let issue = Self.issue(7).replacing(
            #""description":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Text"}]}]}"#,
            with: #""description":"h2. Head\n*bold* [~kim]""#)
        let jira = FakeJira([.answer(FakeSite.json(#"{"issues":[\#(issue)],"total":1}"#))], edition: .datacenter)
        #expect(try await documents(jira).first?.content == "## Head\n\n**bold** @Kim")
    }

    @Test func fieldsComeByNameWhateverTheirType() async throws {
        let entries =
            #"[{"id":"customfield_1","name":"스토리 점수","untranslatedName":"Story Points"},{"id":"customfield_2","name":"Region"},{"id":"customfield_3","name":"Region"},{"id":"customfield_4","name":"Team"},{"id":"customfield_5","name":"Sprint","schema":{"custom":"com.pyxis.greenhopper.jira:gh-sprint"}},{"id":"customfield_6","name":"Epic Link","schema":{"custom":"com.pyxis.greenhopper.jira:gh-epic-link"}}]"#
        let more =
            #""customfield_1":5.5,"customfield_2":null,"customfield_3":{"value":"Busan","child":{"value":"Port"}},"customfield_4":[{"displayName":"Kim"},{"name":"Ops"}],"customfield_5":["com.atlassian.greenhopper.service.sprint.Sprint@1[id=1,state=ACTIVE,name=Week 4, cold,startDate=x]",{"name":"Week 5"}],"customfield_6":"OPS-1","security":{"id":"10","name":"Internal"},"#
        let jira = FakeJira([Self.page(Self.issue(7, more))], fields: entries)
        let document = try #require(try await documents(jira, ["story points", "Region", "customfield_4"]).first)
        let metadata = try document.metadata.parsed()
        #expect(metadata["fields"]?["story points"]?.double == 5.5)
        #expect(metadata["fields"]?["Region"]?.string == "Busan / Port")
        #expect(metadata["fields"]?["customfield_4"]?.array.map { $0.compactMap(\.string) } == ["Kim", "Ops"])
        #expect(metadata["sprint"]?.array.map { $0.compactMap(\.string) } == ["Week 4, cold", "Week 5"])
        #expect(metadata["epic"]?.string == "OPS-1")
        #expect(
            metadata["acl"]?["project"]?.string == "OPS" && metadata["acl"]?["security_level"]?.string == "Internal")
        #expect(jira.http.body(0).contains("customfield_6"))
        let unknown = await #expect(throws: SourceError.self) { try await documents(FakeJira([]), ["Storie Points"]) }
        #expect(unknown?.message.contains("OHRA_JIRA_FIELDS") == true && unknown?.message.contains("Storie") == true)
    }

    @Test func accessIsUnknownUnlessTold() async throws {
        let jira = FakeJira([Self.page(Self.issue(7), Self.issue(8, #""security":null,"#))])
        let found = try await documents(jira)
        #expect(try found[0].metadata.parsed()["acl"] == nil)
        let open = try found[1].metadata.parsed()["acl"]
        #expect(open?["project"]?.string == "OPS" && open?["security_level"] == nil)
    }

    @Test(arguments: [
        #""labels":["a"]"#, #""attachment":[{"id":"5","filename":"f"}]"#, #""issuelinks":[]"#,
        #""parent":{"key":"OPS-1"}"#,
        #""status":{"name":"Done"}"#, #""security":{"name":"Internal"}"#, #""assignee":{"displayName":"Park"}"#,
        #""components":[{"name":"API"}]"#, #""fixVersions":[{"name":"2.0"}]"#,
        #""comment":{"comments":[\#(comment(1, "x"))],"total":1}"#,
    ]) func whatChangesAnIssueChangesItsVersionKey(_ member: String) async throws {
        func key(_ text: String) async throws -> String {
            try #require(try await documents(FakeJira([Self.page(text)])).first).versionKey
        }
        let name = member.split(separator: "\"")[0]
        let plain = Self.issue(7)
        // The new member stands first and the old one is taken out.
        let element = try JSONElement(parsing: Array(plain.utf8))
        let rest = (element["fields"]?.object.map { Array($0) } ?? []).filter { $0.key != name }
            .map { "\"\($0.key)\":" + String(decoding: $0.value.text, as: UTF8.self) }
        let changed = #"{"id":"7","key":"OPS-7","fields":{\#(([member] + rest).joined(separator: ","))}}"#
        #expect(try await key(plain) != key(changed))
    }

    @Test func openingAnIssueLeavesItsVersionKeyAlone() async throws {
        let seen = Self.issue(
            7, #""lastViewed":"2026-11-21T00:00:00.000+0900","watches":{"watchCount":4},"votes":{"votes":2},"#)
        let found = try await documents(
            FakeJira([
                Self.page(Self.issue(7), next: "a"),
                Self.page(seen.replacing(#""7""#, with: #""8""#).replacing("OPS-8", with: "OPS-7")),
            ]))
        #expect(found.count == 2 && found[0].versionKey == found[1].versionKey)
    }

    @Test func movedIssueKeepsItsIdAndMissingUpdatedIsTheCreation() async throws {
        let moved = Self.issue(7).replacing("OPS-7", with: "WMS-1").replacing(#""key":"OPS""#, with: #""key":"WMS""#)
        let undated = Self.issue(8).replacing(#""updated":"2026-11-20T10:11:12.345+0900","#, with: "")
        let found = try await documents(FakeJira([Self.page(moved, undated)]))
        #expect(found[0].id == "jira:haneul.atlassian.net:7" && found[0].scope == "WMS")
        #expect(found[1].updatedAt == "2026-11-19T01:00:00.000Z")
    }

    @Test func censusListsIdsOnly() async throws {
        let jira = FakeJira([.answer(FakeSite.json(#"{"issues":[{"id":"5"},{"id":"6"},{"id":"5"}],"isLast":true}"#))])
        var ids: [String] = []
        for try await page in try jira.source().identifiers(in: "OPS") { ids += page }
        #expect(ids == ["jira:haneul.atlassian.net:5", "jira:haneul.atlassian.net:6"])
        #expect(jira.http.body(0).contains(#""fields":["id"],"maxResults":5000"#))
    }

    @Test func anEmptyCensusCountsOnlyWhileTheProjectIsSeen() async throws {
        let hidden = FakeJira([Self.page(), .answer(FakeSite.json("{}", status: 404))])
        await #expect(throws: SourceError.self) {
            for try await _ in try hidden.source().identifiers(in: "OPS") {}
        }
        #expect(hidden.http.requests[1].url.hasSuffix("/rest/api/2/project/OPS"))
        let empty = FakeJira([Self.page(), .answer(FakeSite.json(#"{"key":"OPS"}"#))])
        for try await _ in try empty.source().identifiers(in: "OPS") { Issue.record("an id out of nothing") }
    }

    @Test func countsAreEstimatedByEachEdition() async throws {
        let since = Date(timeIntervalSince1970: 1_000_000)
        let cloud = FakeJira([.answer(FakeSite.json(#"{"count":153}"#))])
        #expect(try await cloud.source().count(in: ["OPS"], since: since) == 153)
        let server = FakeJira([.answer(FakeSite.json(#"{"total":7,"issues":[]}"#))], edition: .datacenter)
        #expect(try await server.source().count(in: ["OPS"], since: since) == 7)
        #expect(server.http.body(0).contains(#""maxResults":0"#))
    }
}
