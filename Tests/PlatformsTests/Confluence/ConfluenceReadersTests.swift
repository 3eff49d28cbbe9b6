import Shared
import TestSupport
import Testing

@testable import Platforms

/// `metadata.acl`: who may read a page; not there when it is not known for sure.
struct ConfluenceReadersTests {
    typealias Wiki = FakeWiki

    private func acl(_ page: String, above: [String]) async throws -> JSONElement? {
        let wiki = Wiki([.changedPages: [Wiki.listing([page])], .restrictions: [Wiki.listing(above)]])
        return try #require(try await wiki.source().changed().first).metadata.parsed()["acl"]
    }

    @Test func everyRestrictedLevelIsListedTheOutermostFirst() async throws {
        let ancestors = #"{"id":"1","title":"Home"},{"id":"2","title":"Staff"},{"id":"3","title":"Open"}"#
        let page = Wiki.page(65, ancestor: ancestors, restrictions: Wiki.restrictions(["7:b", "7:a"], ["hr"]))
        let above = [
            Wiki.page(2, restrictions: Wiki.restrictions([], ["staff"])), Wiki.page(1), Wiki.page(3),
        ]
        let acl = try #require(try await acl(page, above: above))
        #expect(acl["space"]?.string == "ENG")
        let expected =
            #"[{"content_id":"2","users":[],"groups":["staff"]},{"content_id":"65","users":["7:a","7:b"],"groups":["hr"]}]"#
        #expect(acl["restrictions"].map { String(decoding: $0.text, as: UTF8.self) } == expected)
    }

    @Test func whatIsNotToldIsNotGuessed() async throws {
        // The page itself, a page above it that cannot be seen, a list that may go on.
        #expect(try await acl(Wiki.page(65, restrictions: nil), above: [Wiki.page(1)]) == nil)
        #expect(try await acl(Wiki.page(65), above: []) == nil)
        let full = Wiki.restrictions(["7:a", "7:b"], [], limit: 2)
        #expect(try await acl(Wiki.page(65, restrictions: full), above: [Wiki.page(1)]) == nil)
    }

    @Test func pagesAboveAreLookedUpOnce() async throws {
        let wiki = Wiki([
            .changedPages: [
                Wiki.listing([Wiki.page(65), Wiki.page(66)], next: "/r?cursor=a"), Wiki.listing([Wiki.page(67)]),
            ],
            .restrictions: [Wiki.listing([Wiki.page(1)])],
        ])
        #expect(try await wiki.source().changed().count == 3)
        #expect(wiki.asked(.restrictions).count == 1)
    }

    @Test func whoReadsTheSpaceIsAskedForOnce() async throws {
        let entries = [
            Wiki.reads("user", "7:b"), Wiki.reads("group", "staff"), Wiki.reads("user", "7:a"),
            Wiki.reads("user", "7:c", "create", "page"), Wiki.reads("user", "7:d", "administer"),
        ]
        let wiki = Wiki([
            .changedPages: [Wiki.listing([Wiki.page(65)], next: "/r?cursor=a"), Wiki.listing([Wiki.page(66)])],
            .restrictions: [Wiki.listing([Wiki.page(1)])],
            .permissions: [
                Wiki.listing(entries, next: "/wiki/api/v2/spaces/98305/permissions?cursor=b"),
                Wiki.listing([Wiki.reads("role", "9")]),
            ],
        ])
        let source = try wiki.source()
        let documents = try await source.changed()
        #expect(documents.count == 2)
        for document in documents {
            #expect(try readers(document) == #"{"users":["7:a","7:b"],"groups":["staff"],"others":["role:9"]}"#)
        }
        let asked = wiki.asked(.permissions)
        #expect(asked.count == 2 && asked[0].hasSuffix("/wiki/api/v2/spaces/98305/permissions?limit=250"))
        // Permissions may have changed until the next walk.
        _ = try await source.changed()
        #expect(wiki.asked(.permissions).count == 3)
    }

    @Test func dataCenterTellsUsersByKeyAndGroupsByName() async throws {
        func entry(_ subject: String, _ operation: String = "read") -> String {
            #"{"operation":{"targetType":"space","operationKey":"\#(operation)"},"subject":\#(subject),"spaceKey":"ENG"}"#
        }
        let entries = [
            entry(#"{"type":"user","userKey":"8a7f","displayName":"Kim"}"#), entry(#"{"type":"group","name":"staff"}"#),
            entry(#"{"type":"anonymous"}"#), entry(#"{"type":"group","name":"admins"}"#, "administer"),
        ]
        let wiki = dataCenter(FakeSite.json("[\(entries.joined(separator: ","))]"))
        let document = try #require(try await wiki.source(edition: .datacenter).changed().first)
        #expect(try readers(document) == #"{"users":["8a7f"],"groups":["staff"],"others":["anonymous"]}"#)
        #expect(wiki.asked(.permissions)[0].hasSuffix("/rest/api/space/ENG/permissions"))
    }

    /// Older servers know no such address, and accounts without the right are refused.
    @Test(arguments: [
        FakeSite.json("{}", status: 403), FakeSite.json("{}", status: 404), FakeSite.json("{}", status: 405),
        FakeSite.json(#"{"code":401,"message":"Unauthorized; scope does not match"}"#, status: 401),
        // Whom the permissions name must be somebody, and not a whole company one by one.
        Wiki.listing([]), Wiki.listing((0...250).map { Wiki.reads("user", "7:\($0)") }),
        Wiki.listing([#"{"id":"1","principal":{"type":"user"},"operation":{"key":"read","targetType":"space"}}"#]),
    ])
    func aSpaceThatDoesNotTellItsReadersHasNone(_ answer: HTTPResponse) async throws {
        let wiki = Wiki([
            .changedPages: [Wiki.listing([Wiki.page(65)])], .restrictions: [Wiki.listing([Wiki.page(1)])],
            .permissions: [answer],
        ])
        let document = try #require(try await wiki.source().changed().first)
        let acl = try #require(try document.metadata.parsed()["acl"])
        #expect(acl["space"]?.string == "ENG" && acl["space_readers"] == nil)
        #expect(try await dataCenter(answer).source(edition: .datacenter).changed().count == 1)
    }

    @Test(arguments: [
        FakeSite.json("{}", status: 500), FakeSite.json(#"{"message":"Unauthorized"}"#, status: 401),
        HTTPResponse(status: 403, headers: [("x-authentication-denied-reason", "CAPTCHA_CHALLENGE")]),
    ])
    func aFaultWhileTheyAreReadIsNoAnswer(_ answer: HTTPResponse) async throws {
        let wiki = Wiki([
            .changedPages: [Wiki.listing([Wiki.page(65)])], .restrictions: [Wiki.listing([Wiki.page(1)])],
            .permissions: [answer],
        ])
        await #expect(throws: SourceError.self) { try await wiki.source().changed() }
    }

    private func readers(_ document: Document) throws -> String? {
        try document.metadata.parsed()["acl"]?["space_readers"].map { String(decoding: $0.text, as: UTF8.self) }
    }

    private func dataCenter(_ permissions: HTTPResponse) -> Wiki {
        let page = Wiki.listing([Wiki.page(65)])
        let above = Wiki.listing([Wiki.page(1)])
        return Wiki([.changedPages: [page], .restrictions: [above], .permissions: [permissions]])
    }
}
