import FoundationEssentials
import Shared
import TestSupport
import Testing

@testable import Platforms

struct ConfluenceSourceTests {
    typealias Wiki = FakeWiki

    @Test func documentHasTheStandardForm() async throws {
        let wiki = Wiki([
            .changedPages: [Wiki.listing([Wiki.page(65)])],
            .children: [Wiki.listing([Wiki.attachment(5, on: 65)])],
            .restrictions: [Wiki.listing([Wiki.page(1)])],
        ])
        let document = try #require(try await wiki.source().changed().first)
        #expect(document.id == "confluence:haneul.atlassian.net:65")
        #expect(document.title == "제목 65" && document.content == "Hello @Kim" && document.author == "Kim")
        #expect(document.url == "https://haneul.atlassian.net/wiki/spaces/ENG/pages/65")
        #expect(document.updatedAt == "2026-11-20T01:11:12.345Z" && document.revision == 3 && document.scope == "ENG")
        #expect(document.versionKey.hasPrefix("v3-") && document.versionKey.utf8.count == 15)
        let metadata = try document.metadata.parsed()
        #expect(metadata["space_key"]?.string == "ENG" && metadata["comment_count"]?.int == 0)
        #expect(metadata["created_at"]?.string == "2025-01-02T03:04:05.000Z")
        #expect(metadata["attachments"]?.array.map { $0.map(\.string) } == ["a.png"])
        #expect(metadata["acl"]?["restrictions"]?.array.map(Array.init)?.isEmpty == true)
    }

    @Test func aQuietRunAsksTwiceForAllSpacesTogether() async throws {
        let wiki = Wiki()
        #expect(try await wiki.source().changed(in: ["ENG", "OPS"]).isEmpty)
        #expect(wiki.allAsked.count == 2)
        #expect(wiki.allAsked.allSatisfy { $0.contains(#"space in ("ENG","OPS")"#) })
    }

    @Test func commentsOfManyPagesComeWithOneRequest() async throws {
        let wiki = Wiki([
            .changedPages: [Wiki.listing((1...50).map { Wiki.page($0, ancestor: "") })],
            .children: [Wiki.listing([Wiki.comment(9, on: 7), Wiki.comment(10, on: 8)])],
        ])
        let documents = try await wiki.source().changed()
        #expect(documents.count == 50 && wiki.asked(.children).count == 1)
        #expect(documents.filter { $0.content.contains("Agreed") }.map(\.id.last) == ["7", "8"])
    }

    @Test func changedCommentBringsItsPageOnce() async throws {
        let comment = Wiki.comment(9, on: 65)
        let wiki = Wiki([
            .changedChildren: [Wiki.listing([comment, comment, Wiki.attachment(3, on: 66)])],
            .pagesByID: [Wiki.listing([Wiki.page(65), Wiki.page(66)])],
            .children: [Wiki.listing([comment])],
        ])
        let documents = try await wiki.source().changed()
        #expect(documents.count == 2)
        #expect(documents.first?.content == "Hello @Kim\n\n## Comments\n\n**Lee** (2026-11-21 10:00 UTC):\n\nAgreed")
        #expect(wiki.asked(.pagesByID).count == 1 && wiki.asked(.pagesByID)[0].contains("id in (65,66)"))
    }

    @Test func aPageThatWasDeliveredIsNotReadAgainForItsComment() async throws {
        let wiki = Wiki([
            .changedPages: [Wiki.listing([Wiki.page(65)])],
            .changedChildren: [Wiki.listing([Wiki.comment(9, on: 65)])],
            .children: [Wiki.listing([Wiki.comment(9, on: 65)])],
        ])
        #expect(try await wiki.source().changed().count == 1)
        #expect(wiki.asked(.pagesByID).isEmpty)
    }

    @Test func answersStandBelowWhatTheyAnswerAndResolvedOnesSayso() async throws {
        let inline = #"{"inlineProperties":{"originalSelection":"Hello"},"resolution":{"status":"resolved"}}"#
        let comments = [
            Wiki.comment(12, on: 65, by: "Han", at: "2026-11-21T12:00:00Z", text: "Third", answers: 10),
            Wiki.comment(11, on: 65, by: "Kim", at: "2026-11-21T11:00:00Z", text: "Second", extensions: inline),
            Wiki.comment(10, on: 65, by: "Lee", at: "2026-11-21T10:00:00Z", text: "First"),
        ]
        let wiki = Wiki([
            .changedPages: [Wiki.listing([Wiki.page(65)])], .children: [Wiki.listing(comments)],
        ])
        let content = try #require(try await wiki.source().changed().first).content
        let expected = [
            "**Lee** (2026-11-21 10:00 UTC):", "First", "**Han** (2026-11-21 12:00 UTC, to Lee):", "Third",
            "**Kim** (2026-11-21 11:00 UTC, resolved):", "> Hello", "Second",
        ]
        #expect(content.hasSuffix("## Comments\n\n" + expected.joined(separator: "\n\n")))
    }

    @Test func anonymousIsUnauthorizedAndWikiIsFound() async throws {
        let anonymous = Wiki([.user: [FakeSite.json(#"{"type":"anonymous"}"#)]])
        let error = await #expect(throws: SourceError.self) { try await anonymous.source().verify() }
        #expect(error?.code == .unauthorized)
        let wiki = Wiki([.user: [Wiki.failure(404), FakeSite.json(#"{"type":"known","accountId":"1"}"#)]])
        let local = try wiki.source(url: "http://127.0.0.1:8080")
        #expect(local.instance == "127.0.0.1_8080")
        try await local.verify()
        _ = try await local.changed()
        #expect(wiki.asked(.changedPages)[0].hasPrefix("http://127.0.0.1:8080/wiki/rest/api/content/search"))
    }

    @Test func theEditionIsToldByHowTheSiteKnowsPeopleUnlessItIsSet() async throws {
        let server = [FakeSite.json(#"{"type":"known","username":"a","userKey":"8a"}"#)]
        for (edition, path) in [
            (AtlassianEdition.auto, "/confluence/rest/api/space?"), (.cloud, "/confluence/wiki/api/v2/spaces?"),
        ] {
            let wiki = Wiki([.user: server])
            let source = try wiki.source(url: "https://docs.example/confluence", edition: edition)
            try await source.verify()
            _ = try await source.scopes()
            #expect(wiki.asked(.spaces)[0].contains(path))
        }
    }

    @Test func onlyCallsThatCloudStillHasAreMade() async throws {
        let wiki = Wiki([
            .user: [FakeSite.json(#"{"type":"known","accountId":"1"}"#)], .spaces: [Wiki.engineering],
            .changedPages: [Wiki.listing([Wiki.page(65)])],
            .changedChildren: [Wiki.listing([Wiki.comment(9, on: 66)])], .listing: [Wiki.listing([Wiki.page(65)])],
        ])
        let source = try wiki.source()
        try await source.verify()
        _ = try await source.scopes()
        _ = try await source.changed()
        for try await _ in source.identifiers(in: "ENG") {}
        for try await _ in source.versionKeys(in: "ENG") {}
        let allowed = ["user/current", "content/search?", "/api/v2/spaces?", "/api/v2/pages?", "/api/v2/blogposts?"]
        for url in wiki.allAsked { #expect(allowed.contains { url.contains($0) }, "\(url)") }
    }

    @Test func emptyCensusNeedsAVisibleSpace() async throws {
        let hidden = try Wiki().source()
        await #expect(throws: SourceError.self) { for try await _ in hidden.identifiers(in: "ENG") {} }
        let empty = try Wiki([.spaces: [Wiki.engineering]]).source()
        for try await ids in empty.identifiers(in: "ENG") { #expect(ids.isEmpty) }
    }

    @Test func theCensusAsksTheDatabaseAndNotTheSearchIndexForCurrentPages() async throws {
        let (first, second) = (Wiki.listing([Wiki.page(65)]), Wiki.listing([Wiki.page(66)]))
        for (edition, listings) in [(AtlassianEdition.cloud, [first, second]), (.datacenter, [first, first, second])] {
            let wiki = Wiki([.spaces: [Wiki.engineering], .listing: listings])
            var ids: [String] = []
            for try await page in try wiki.source(edition: edition).identifiers(in: "ENG") { ids += page }
            #expect(ids == ["confluence:haneul.atlassian.net:65", "confluence:haneul.atlassian.net:66"])
            let asked = wiki.asked(.listing)
            #expect(asked.allSatisfy { $0.contains("status=current") })
            #expect(wiki.allAsked.count == asked.count + wiki.asked(.spaces).count)
        }
    }
}
