import Shared
import TestSupport
import Testing

@testable import Platforms

struct AtlassianClientTests {
    private func client(
        _ steps: [ScriptedHTTP.Step], then fallback: ScriptedHTTP.Step? = nil, email: String? = "a@h.example"
    ) throws -> (AtlassianClient, ScriptedHTTP, ImpatientClock) {
        let http = ScriptedHTTP(steps, then: fallback)
        let clock = ImpatientClock()
        return (
            AtlassianClient(settings: try FakeSite.settings("JIRA", email: email), transport: http, clock: clock), http,
            clock
        )
    }

    private func failure(_ response: HTTPResponse) async throws -> SourceError {
        let (client, http, _) = try client([.answer(response)])
        let error = await #expect(throws: SourceError.self) { try await client.get("/x") }
        #expect(http.requests.count == 1)
        return try #require(error)
    }

    @Test func authorizationIsBasicWithEmailAndBearerWithout() async throws {
        for (email, expected) in [
            ("a@h.example", "Basic YUBoLmV4YW1wbGU6dDBrZW4tb2YtdGVzdA=="), (nil, "Bearer t0ken-of-test"),
        ] {
            let (client, http, _) = try client([.answer(FakeSite.json("{}"))], email: email)
            _ = try await client.get("/a", [("q", "a b&c")])
            #expect(http.requests[0].headers.first { $0.name == "Authorization" }?.value == expected)
            #expect(http.requests[0].url == "https://haneul.atlassian.net/a?q=a%20b%26c")
        }
    }

    @Test(arguments: [("7", 7.0...7.0), ("0", 0...1), ("-5", 0...1), ("soon", 0...1)])
    func retryAfterIsObeyed(_ value: String, _ seconds: ClosedRange<Double>) async throws {
        let (client, _, clock) = try client([
            .answer(FakeSite.json("", status: 429, headers: [("retry-after", value)])), .answer(FakeSite.json("{}")),
        ])
        _ = try await client.get("/a")
        #expect(clock.waits.count == 1 && seconds.contains(clock.waits[0] / .seconds(1)))
    }

    @Test func hugeRetryAfterGivesUpAndSaysSo() async throws {
        let error = try await failure(
            FakeSite.json("", status: 429, headers: [("retry-after", "99999999999999999999")]))
        #expect(error.code == .unavailable && error.message.contains("86400 s"))
    }

    @Test func passingFaultsAreTriedFiveTimes() async throws {
        let (first, http, clock) = try client([], then: .answer(FakeSite.json("", status: 502)))
        let error = await #expect(throws: SourceError.self) { try await first.get("/a") }
        #expect(error?.code == .unavailable && http.requests.count == 5 && clock.waits.count == 4)
        let (second, _, _) = try client([
            .fail(.timedOut), .answer(FakeSite.json("", status: 408)), .answer(FakeSite.json("{}")),
        ])
        _ = try await second.get("/a")
    }

    @Test func loginPageAndRedirectAreNamed() async throws {
        let page = try await failure(
            HTTPResponse(status: 200, headers: [("content-type", "text/html")], body: Array("<html>".utf8)))
        #expect(page.code == .unexpectedAnswer && page.message.contains("login page"))
        let login = try await failure(
            HTTPResponse(status: 302, headers: [("location", "https://id.atlassian.com/login?a=b")]))
        #expect(login.code == .unauthorized && login.message.contains("id.atlassian.com"))
        let moved = try await failure(HTTPResponse(status: 301, headers: [("location", "https://new.example/")]))
        #expect(moved.code == .unexpectedAnswer && moved.message.contains("new.example"))
    }

    @Test func refusalsSayWhatToDoAndNeverTheToken() async throws {
        let refused = try await failure(HTTPResponse(status: 401))
        #expect(refused.code == .unauthorized && refused.message.contains("OHRA_JIRA_TOKEN"))
        let hidden = try await failure(
            FakeSite.json(#"{"issues":[],"isLast":true}"#, headers: [("x-seraph-loginreason", "AUTHENTICATED_FAILED")]))
        #expect(hidden.code == .unauthorized)
        let captcha = try await failure(
            HTTPResponse(status: 403, headers: [("x-authentication-denied-reason", "CAPTCHA_CHALLENGE")]))
        #expect(captcha.message.contains("CAPTCHA"))
        let long = String(repeating: "x", count: 500)
        let bad = try await failure(
            FakeSite.json(#"{"errorMessages":["bad\u001b[0m JQL"],"errors":{"a":"\#(long)"}}"#, status: 400))
        #expect(bad.code == .rejected && bad.message.contains("bad[0m JQL") && bad.message.count < 300)
        let gone = try await failure(FakeSite.json("{}", status: 410))
        let missing = try await failure(FakeSite.json("{}", status: 404))
        #expect(gone.message.contains("410") && missing.message.contains("404"))
        let scope = try await failure(
            FakeSite.json(#"{"code":401,"message":"Unauthorized; scope does not match"}"#, status: 401))
        #expect(scope.code == .unauthorized && scope.message.contains("lacks a scope"))
        for error in [refused, hidden, captcha, bad, gone, missing, scope] {
            #expect(!error.message.contains(FakeSite.token))
        }
    }

    @Test func scopedTokensGoThroughTheGatewayWithTheirPath() async throws {
        let http = ScriptedHTTP([], then: .answer(FakeSite.json("{}")))
        let settings = try FakeSite.settings("JIRA", url: "https://api.atlassian.com/ex/jira/0b1f-22/")
        _ = try await AtlassianClient(settings: settings, transport: http).get("/rest/api/3/myself")
        #expect(http.requests[0].url == "https://api.atlassian.com/ex/jira/0b1f-22/rest/api/3/myself")
        // Refused at the site, a token with scopes looks like a wrong one.
        let error = try await failure(HTTPResponse(status: 401))
        #expect(error.message.contains("https://api.atlassian.com/ex/jira/<cloud id>"))
    }

    @Test func theAnswerToAnAnonymousVisitorIsARefusal() async throws {
        let error = try await failure(FakeSite.json(#"{"issues":[]}"#, headers: [("x-ausername", "anonymous")]))
        #expect(error.code == .unauthorized && error.exitCode == 77)
    }

    @Test func retryAfterMayBeADate() async throws {
        let (client, _, clock) = try client([
            .answer(FakeSite.json("", status: 503, headers: [("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")])),
            .answer(FakeSite.json("{}")),
        ])
        _ = try await client.get("/a")
        #expect(clock.waits.count == 1 && clock.waits[0] <= .seconds(1))
    }
}
