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
}
