import FoundationEssentials
import Shared
import TestSupport
import Testing

@testable import Platforms

/// `metadata.acl` of issues: who browses the project, and who belongs to the security level.
struct JiraReadersTests {
    /// Answers by the end of the path; anything else is not there.
    private func jira(
        _ issues: [String], _ answers: [String: HTTPResponse], edition: AtlassianEdition = .cloud
    ) -> FakeJira {
        let count = issues.count
        let page = FakeSite.json(#"{"issues":[\#(issues.joined(separator: ","))],"isLast":true,"total":\#(count)}"#)
        return FakeJira(
            [],
            then: .handle { request in
                if request.url.contains("/search") { return page }
                let path = String(request.url.prefix { $0 != "?" })
                return answers.first { path.hasSuffix($0.key) }?.value ?? FakeSite.json("{}", status: 404)
            }, edition: edition, tellsReaders: true)
    }

    private static func issue(_ id: Int, security: String = "null") -> String {
        #"{"id":"\#(id)","key":"OPS-\#(id)","fields":{"summary":"s","updated":"2026-11-20T10:11:12.345+0900","project":{"key":"OPS"},"security":\#(security),"comment":{"comments":[],"total":0}}}"#
    }

    private static func scheme(_ holders: String...) -> HTTPResponse {
        let grants = holders.map { #"{"permission":"BROWSE_PROJECTS","holder":\#($0)}"# }
        let other = #"{"permission":"CREATE_ISSUES","holder":{"type":"group","parameter":"makers","value":"5"}}"#
        return FakeSite.json(#"{"id":1,"permissions":[\#((grants + [other]).joined(separator: ","))]}"#)
    }

    private func documents(_ jira: FakeJira) async throws -> [Document] {
        var all: [Document] = []
        for try await page in try jira.source().documents(in: ["OPS"], since: Date(timeIntervalSince1970: 1_000_000)) {
            all += page
        }
        return all
    }

    private func acl(_ document: Document, _ member: String) throws -> String? {
        try document.metadata.parsed()["acl"]?[member].map { String(decoding: $0.text, as: UTF8.self) }
    }

    @Test func cloudTellsIdsAndWhoActsInRoles() async throws {
        let level = #"{"id":"10100","name":"Incident"}"#
        let jira = jira(
            [Self.issue(7, security: level), Self.issue(8), Self.issue(9, security: level)],
            [
                "/rest/api/3/project/OPS/permissionscheme": Self.scheme(
                    #"{"type":"group","parameter":"staff","value":"g-1"}"#,
                    #"{"type":"user","parameter":"5:a","value":"5:a"}"#,
                    #"{"type":"projectRole","parameter":"10002","value":"10002"}"#, #"{"type":"reporter"}"#,
                    #"{"type":"applicationRole","parameter":"jira-software","value":"jira-software"}"#),
                "/rest/api/3/project/OPS/role/10002": FakeSite.json(
                    #"{"actors":[{"type":"atlassian-user-role-actor","actorUser":{"accountId":"5:b"}},{"type":"atlassian-group-role-actor","name":"guests","actorGroup":{"name":"guests","groupId":"g-2"}}]}"#
                ),
                "/issuesecurityschemes/level/member": FakeSite.json(
                    #"{"isLast":true,"values":[{"holder":{"type":"projectRole","parameter":"10002","value":"10002"}},{"holder":{"type":"projectLead"}}]}"#
                ),
            ])
        let found = try await documents(jira)
        #expect(found.count == 3)
        for document in found {
            #expect(
                try acl(document, "project_readers")
                    == #"{"users":["5:a","5:b"],"groups":["g-1","g-2"],"others":["applicationRole:jira-software","reporter"]}"#
            )
        }
        #expect(
            try acl(found[0], "security_level_readers")
                == #"{"users":["5:b"],"groups":["g-2"],"others":["projectLead"]}"#)
        #expect(try acl(found[1], "security_level_readers") == nil && acl(found[1], "security_level") == nil)
        // Each is asked for once, the search, the scheme, the role and the level.
        #expect(jira.http.requests.count == 4)
        #expect(jira.http.requests.contains { $0.url.hasSuffix("permissionscheme?expand=permissions") })
        #expect(jira.http.requests.contains { $0.url.contains("member?levelId=10100&startAt=0&maxResults=100") })
    }

    @Test func dataCenterTellsNamesAndNoLevels() async throws {
        let jira = jira(
            [Self.issue(7, security: #"{"id":"10100","name":"Incident"}"#)],
            [
                "/rest/api/2/project/OPS/permissionscheme": Self.scheme(
                    #"{"type":"group","parameter":"staff"}"#,
                    #"{"type":"user","parameter":"JIRAUSER1","user":{"key":"JIRAUSER1","name":"kim"}}"#,
                    #"{"type":"projectRole","parameter":"10002"}"#),
                "/rest/api/2/project/OPS/role/10002": FakeSite.json(
                    #"{"actors":[{"type":"atlassian-user-role-actor","name":"lee"},{"type":"atlassian-group-role-actor","name":"guests"}]}"#
                ),
            ], edition: .datacenter)
        let document = try #require(try await documents(jira).first)
        #expect(try acl(document, "project_readers") == #"{"users":["kim","lee"],"groups":["guests","staff"]}"#)
        #expect(try acl(document, "security_level") == #""Incident""#)
        #expect(try acl(document, "security_level_readers") == nil)
        #expect(jira.http.requests.contains { $0.url.hasSuffix("?expand=permissions%2Cuser") })
    }

    /// Without the right to administer the project or Jira.
    @Test(arguments: [
        FakeSite.json("{}", status: 403), FakeSite.json("{}", status: 404),
        FakeSite.json(#"{"code":401,"message":"Unauthorized; scope does not match"}"#, status: 401),
        FakeSite.json(#"{"permissions":[],"values":[],"isLast":true}"#),
    ])
    func whatIsNotToldIsLeftOut(_ answer: HTTPResponse) async throws {
        let issue = Self.issue(7, security: #"{"id":10100,"name":"Incident"}"#)
        let jira = jira([issue], ["permissionscheme": answer, "level/member": answer])
        let document = try #require(try await documents(jira).first)
        let acl = try #require(try document.metadata.parsed()["acl"])
        #expect(acl["project"]?.string == "OPS" && acl["security_level"]?.string == "Incident")
        #expect(acl["project_readers"] == nil && acl["security_level_readers"] == nil)
        #expect(jira.http.requests.count == 3)
    }

    @Test func aRoleThatDoesNotTellItsActorsStandsForItself() async throws {
        let jira = jira(
            [Self.issue(7)],
            ["permissionscheme": Self.scheme(#"{"type":"projectRole","parameter":"10002","value":"10002"}"#)])
        let document = try #require(try await documents(jira).first)
        #expect(try acl(document, "project_readers") == #"{"users":[],"groups":[],"others":["projectRole:10002"]}"#)
    }

    @Test func aFaultWhileTheyAreReadIsNoAnswer() async throws {
        for part in ["permissionscheme", "role/10002", "level/member"] {
            var answers = [
                "permissionscheme": Self.scheme(#"{"type":"projectRole","parameter":"10002","value":"10002"}"#),
                "role/10002": FakeSite.json(#"{"actors":[]}"#),
                "level/member": FakeSite.json(#"{"values":[],"isLast":true}"#),
            ]
            let issue = Self.issue(7, security: #"{"id":"1","name":"n"}"#)
            #expect(try await documents(jira([issue], answers)).count == 1)
            answers[part] = FakeSite.json("{}", status: 500)
            await #expect(throws: SourceError.self, "\(part)") { try await documents(jira([issue], answers)) }
        }
    }

    @Test func changedReadersChangeTheVersionKey() async throws {
        var keys: Set<String> = []
        for group in ["a", "b"] {
            for member in ["c", "d"] {
                let answers = [
                    "permissionscheme": Self.scheme(#"{"type":"group","value":"\#(group)"}"#),
                    "level/member": FakeSite.json(
                        #"{"values":[{"holder":{"type":"user","value":"\#(member)"}}],"isLast":true}"#),
                ]
                let issue = Self.issue(7, security: #"{"id":"1","name":"n"}"#)
                keys.insert(try #require(try await documents(jira([issue], answers)).first).versionKey)
            }
        }
        #expect(keys.count == 4)
    }
}
