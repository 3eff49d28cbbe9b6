import FoundationEssentials
import Shared
import TestSupport
import Testing

@testable import Platforms

/// Which Jira stands behind an address, and as whom it sees us.
struct JiraEditionTests {
    private static let myself = ScriptedHTTP.Step.answer(FakeSite.json(#"{"accountId":"1","name":"robot"}"#))

    private func source(_ http: ScriptedHTTP, url: String, edition: AtlassianEdition = .auto) throws -> JiraSource {
        let settings = AtlassianSettings(
            product: "JIRA", url: try ServiceURL(url, schemes: ["https"]), email: nil, token: Secret(FakeSite.token),
            edition: edition)
        return JiraSource(settings: settings, transport: http, clock: ImpatientClock())
    }

    @Test(arguments: [
        ("https://haneul.atlassian.net", "Server", "/rest/api/2/"),
        ("https://jira.example/jira", "Cloud", "/rest/api/3/"),
        ("https://jira.example/jira", "Data Center", "/rest/api/2/"),
    ]) func theSiteSaysWhichEditionItIsNotItsName(_ url: String, _ type: String, _ root: String) async throws {
        let http = ScriptedHTTP([
            Self.myself, .answer(FakeSite.json(#"{"deploymentType":"\#(type)"}"#)), .answer(FakeSite.json("[]")),
            .answer(FakeSite.json(type == "Cloud" ? #"{"values":[{"key":"A"}],"isLast":true}"# : #"[{"key":"A"}]"#)),
        ])
        let source = try source(http, url: url)
        try await source.verify()
        #expect(try await source.scopes() == ["A"])
        #expect(http.requests[0].url == url + "/rest/api/2/myself")
        #expect(http.requests[2].url == url + root + "field")
        #expect(http.requests[3].url.hasPrefix(url + root + "project"))
    }

    @Test func aSetEditionStaysWhateverTheServerSays() async throws {
        let http = ScriptedHTTP([
            Self.myself, .answer(FakeSite.json(#"{"deploymentType":"Cloud"}"#)), .answer(FakeSite.json("[]")),
        ])
        try await source(http, url: "https://j.example", edition: .datacenter).verify()
        #expect(
            http.requests.map(\.url) == ["myself", "serverInfo", "field"].map { "https://j.example/rest/api/2/\($0)" })
    }

    @Test func whatIsNoJiraIsSaid() async throws {
        let http = ScriptedHTTP([Self.myself, .answer(FakeSite.json(#"{"a":1}"#))])
        let error = await #expect(throws: SourceError.self) {
            try await source(http, url: "https://j.example").verify()
        }
        #expect(error?.message.contains("OHRA_JIRA_EDITION") == true)
    }

    @Test(arguments: [
        FakeSite.json("{}"), FakeSite.json(#"{"errorMessages":["x"]}"#, status: 401),
        HTTPResponse(status: 401, headers: [("content-type", "text/html")], body: Array("<html>".utf8)),
        HTTPResponse(status: 403, headers: [("x-authentication-denied-reason", "CAPTCHA_CHALLENGE")]),
        FakeSite.json(#"{"name":"robot"}"#, headers: [("x-seraph-loginreason", "AUTHENTICATED_FAILED")]),
        FakeSite.json(#"{"name":"guest"}"#, headers: [("x-ausername", "anonymous")]),
    ]) func unknownCallersAreRefusedBeforeAnythingIsRead(_ answer: HTTPResponse) async throws {
        let http = ScriptedHTTP([.answer(answer)])
        let error = await #expect(throws: SourceError.self) {
            try await source(http, url: "https://j.example").verify()
        }
        #expect(error?.exitCode == 77 && http.requests.count == 1)
    }

    @Test func theGatewayKeepsItsPathAndLinksLeadToTheSite() async throws {
        let issue =
            #"{"id":"1","key":"A-1","fields":{"project":{"key":"A"},"updated":"2026-11-20T10:11:12.345+0900","comment":{"total":0,"comments":[]}}}"#
        let http = ScriptedHTTP([
            .answer(FakeSite.json(#"{"deploymentType":"Cloud"}"#)), .answer(FakeSite.json("[]")),
            .answer(FakeSite.json(#"{"issues":[\#(issue)],"isLast":true}"#)),
        ])
        let base = "https://api.atlassian.com/ex/jira/0b1f"
        let settings = AtlassianSettings(
            product: "JIRA", url: try ServiceURL(base, schemes: ["https"]), email: "a@h.example",
            token: Secret(FakeSite.token), instance: "haneul.atlassian.net")
        let source = JiraSource(settings: settings, projects: ["A"], transport: http, clock: ImpatientClock())
        var found: [Document] = []
        for try await page in source.documents(in: ["A"], since: .init(timeIntervalSince1970: 0)) { found += page }
        #expect(found.first?.url == "https://haneul.atlassian.net/browse/A-1")
        #expect(found.first?.id == "jira:haneul.atlassian.net:1")
        #expect(
            http.requests.map(\.url)
                == ["/rest/api/2/serverInfo", "/rest/api/3/field", "/rest/api/3/search/jql"].map { base + $0 })
    }
}
