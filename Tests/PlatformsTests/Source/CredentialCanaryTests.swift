import FoundationEssentials
import Shared
import TestSupport
import Testing

@testable import Platforms

/// The token goes to the configured site and nowhere else: no other host, no error text.
struct CredentialCanaryTests {
    private static let encoded = Data("a@h.example:\(FakeSite.token)".utf8).base64EncodedString()

    /// Answers of a hostile or misled server that could make a client give its token away.
    static let answers: [(status: Int, headers: [(name: String, value: String)], body: String)] = [
        (302, [("location", "https://evil.example/login?t=1")], ""),
        (301, [("location", "//evil.example/")], ""),
        (307, [("location", "http://haneul.atlassian.net/rest/api/3/x")], ""),
        (401, [("www-authenticate", "Basic realm=\"evil\"")], "\(token) \(encoded)"),
        (400, [], #"{"errorMessages":["you sent \#(token)","and Basic \#(encoded)"],"errors":{"a":"\#(token)"}}"#),
        (404, [], #"{"message":"\#(token)"}"#), (410, [], #"{"message":"Basic \#(encoded)"}"#),
        (500, [], #"{"message":"\#(token)"}"#), (429, [("retry-after", "0")], token),
        (200, [("x-seraph-loginreason", "AUTHENTICATED_FAILED \(token)")], "{}"),
        (200, [], #"{"issues":"\#(token)"#), (200, [("x-ausername", "anonymous")], "{}"),
        (302, [("location", "https://\(token).evil.example/")], ""),
    ]
    private static var token: String { FakeSite.token }

    @Test(arguments: answers.indices) func noAnswerMakesTheClientShowItsToken(_ index: Int) async throws {
        let answer = Self.answers[index]
        let http = ScriptedHTTP(
            [], then: .answer(FakeSite.json(answer.body, status: answer.status, headers: answer.headers)))
        let client = AtlassianClient(settings: try FakeSite.settings("JIRA"), transport: http, clock: ImpatientClock())
        let error = try #require(await #expect(throws: SourceError.self) { try await client.get("/rest/api/3/x") })
        for text in ["\(error)", error.message, String(reflecting: error)] {
            #expect(!text.contains(Self.token) && !text.contains(Self.encoded), "\(text)")
        }
        for request in http.requests { #expect(request.url == "https://haneul.atlassian.net/rest/api/3/x") }
    }

    @Test(arguments: [
        "http://evil.example/wiki/rest/api/content/search?cursor=c2", "//evil.example/?cursor=c2",
        "https://haneul.atlassian.net@evil.example/?cursor=c2", "HTTPS://EVIL.example?cursor=c2",
        "https://haneul.atlassian.net.evil.example/?cursor=c2",
    ])
    func aListingThatGoesOnAtAnotherHostIsRefused(_ link: String) throws {
        let client = AtlassianClient(settings: try FakeSite.settings("CONFLUENCE"), transport: ScriptedHTTP([]))
        #expect(throws: SourceError.self) { try client.pair(of: link, ["cursor="]) }
        #expect(try client.pair(of: "https://HANEUL.atlassian.net/x?a=b&cursor=c%3D#f", ["cursor="]) == "cursor=c%3D")
        #expect(try client.pair(of: "/x?start=5", ["cursor=", "start="]) == "start=5")
    }

    @Test func settingsDoNotShowTheToken() throws {
        let settings = try FakeSite.settings("JIRA")
        for text in ["\(settings)", String(reflecting: settings), "\(settings.authorization)"] {
            #expect(!text.contains(Self.token) && !text.contains(Self.encoded))
        }
    }
}
