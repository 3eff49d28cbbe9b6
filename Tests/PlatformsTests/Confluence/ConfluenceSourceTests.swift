import FoundationEssentials
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Platforms

struct ConfluenceSourceTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func source(_ http: ScriptedHTTP, spaces: [String] = ["ENG"], url: String = "https://Haneul.atlassian.net")
        throws
        -> ConfluenceSource
    {
        ConfluenceSource(
            settings: try FakeSite.settings("CONFLUENCE", url: url), spaces: spaces, transport: http,
            clock: ImpatientClock(),
            now: { Self.now })
    }

    private static func page(_ id: Int, version: Int = 3, comments: Int = 0, label: String = "a") -> String {
        #"{"id":"\#(id)","type":"page","title":"제목 \#(id)\u200b","space":{"key":"ENG","name":"Engineering"},"version":{"number":\#(version),"when":"2026-11-20T01:11:12.345Z","by":{"displayName":"Kim","accountId":"7:a"}},"history":{"createdDate":"2025-01-02T03:04:05.000Z"},"ancestors":[{"id":"1","title":"Home"}],"metadata":{"labels":{"results":[{"name":"\#(label)"}]}},"children":{"comment":{"results":[],"size":\#(comments)},"attachment":{"results":[{"id":"att5","title":"a.png","version":{"number":1}}],"size":1}},"body":{"storage":{"value":"<p>Hello <ac:link><ri:user ri:account-id=\"7:a\"/></ac:link></p>"}},"_links":{"webui":"/spaces/ENG/pages/\#(id)"}}"#
    }

    private static func listing(_ items: [String], next: String? = nil) -> HTTPResponse {
        let links = next.map { #"{"next":"\#($0)"}"# } ?? "{}"
        return FakeSite.json(
            #"{"results":[\#(items.joined(separator: ","))],"size":\#(items.count),"_links":\#(links)}"#)
    }

    private func collect(_ source: ConfluenceSource, since: Date = now.addingTimeInterval(-90)) async throws
        -> [Document]
    {
        var all: [Document] = []
        for try await page in source.documents(in: ["ENG"], since: since) { all += page }
        return all
    }

    @Test func documentHasTheStandardForm() async throws {
        let http = ScriptedHTTP([.answer(Self.listing([Self.page(65)])), .answer(Self.listing([]))])
        let document = try #require(try await collect(try source(http)).first)
        #expect(document.id == "confluence:haneul.atlassian.net:65")
        #expect(document.title == "제목 65" && document.content == "Hello @Kim" && document.author == "Kim")
        #expect(document.url == "https://haneul.atlassian.net/wiki/spaces/ENG/pages/65")
        #expect(document.updatedAt == "2026-11-20T01:11:12.345Z" && document.revision == 3 && document.scope == "ENG")
        #expect(document.versionKey.hasPrefix("v3-") && document.versionKey.utf8.count == 15)
        let metadata = try document.metadata.parsed()
        #expect(metadata["space_key"]?.string == "ENG" && metadata["comment_count"]?.int == 0)
        #expect(metadata["created_at"]?.string == "2025-01-02T03:04:05.000Z")
    }

    @Test func windowIsRelativeRoundedUpAndOverlaps() async throws {
        let http = ScriptedHTTP([], then: .answer(Self.listing([])))
        _ = try await collect(try source(http))
        // 90 s are 2 minutes, and 5 of overlap.
        #expect(http.requests[0].url.contains("lastmodified%20%3E%3D%20now%28%22-7m%22%29"))
        #expect(http.requests[0].url.hasPrefix("https://haneul.atlassian.net/wiki/rest/api/content/search?cql="))
        #expect(http.requests[0].url.contains("space%20in%20%28%22ENG%22%29"))
    }

    @Test(arguments: [
        "/rest/api/content/search?cursor=c2&limit=50", "@evil.example/?cursor=c2",
        "http://haneul.atlassian.net/wiki/rest/api/content/search?limit=50&cursor=c2#x",
    ])
    func linkGivesItsCursorAndNothingElse(_ link: String) async throws {
        let http = ScriptedHTTP([
            .answer(Self.listing([Self.page(1)], next: link)), .answer(Self.listing([Self.page(2)])),
            .answer(Self.listing([])),
        ])
        #expect(try await collect(try source(http)).count == 2)
        for request in http.requests {
            #expect(request.url.hasPrefix("https://haneul.atlassian.net/wiki/rest/api/content/search?cql="))
        }
        #expect(http.requests[1].url.hasSuffix("&cursor=c2"))
    }

    @Test func emptyPageIsFollowedAndRepeatedCursorIsAnError() async throws {
        let http = ScriptedHTTP([
            .answer(Self.listing([], next: "/r?cursor=a%3D")), .answer(Self.listing([Self.page(1)])),
            .answer(Self.listing([])),
        ])
        #expect(try await collect(try source(http)).count == 1)
        #expect(http.requests[1].url.hasSuffix("&cursor=a%3D"))
        let circle = ScriptedHTTP([], then: .answer(Self.listing([Self.page(1)], next: "/r?cursor=a")))
        let error = await #expect(throws: SourceError.self) { try await collect(try source(circle)) }
        #expect(error?.code == .unexpectedAnswer)
    }

    @Test func changedCommentBringsItsPageOnce() async throws {
        let comment = #"{"id":"9","type":"comment","container":{"id":"65","type":"page"}}"#
        let full =
            #"{"id":"9","history":{"createdBy":{"displayName":"Lee"},"createdDate":"2026-11-21T10:00:59.000Z"},"version":{"number":1},"body":{"storage":{"value":"<p>Agreed</p>"}}}"#
        let http = ScriptedHTTP([
            .answer(Self.listing([])), .answer(Self.listing([comment, comment])),
            .answer(Self.listing([Self.page(65, comments: 1)])),
            .answer(Self.listing([full])),
        ])
        let documents = try await collect(try source(http))
        #expect(documents.count == 1)
        #expect(documents.first?.content == "Hello @Kim\n\n## Comments\n\n**Lee** (2026-11-21 10:00 UTC):\n\nAgreed")
        #expect(http.requests[2].url.contains("id%20in%20%2865%29"))
        #expect(http.requests[3].url.contains("/rest/api/content/65/child/comment?depth=all"))
    }

    @Test func versionKeySeesLabelsAndComments() async throws {
        func key(_ page: String) async throws -> String? {
            try await collect(try source(ScriptedHTTP([.answer(Self.listing([page])), .answer(Self.listing([]))])))
                .first?.versionKey
        }
        #expect(try await key(Self.page(1)) == key(Self.page(1)))
        #expect(try await key(Self.page(1)) != key(Self.page(1, label: "b")))
    }

    @Test func anonymousIsUnauthorizedAndWikiIsFound() async throws {
        let anonymous = ScriptedHTTP([.answer(FakeSite.json(#"{"type":"anonymous"}"#))])
        let error = await #expect(throws: SourceError.self) { try await source(anonymous).verify() }
        #expect(error?.code == .unauthorized)
        let http = ScriptedHTTP(
            [.answer(FakeSite.json("{}", status: 404)), .answer(FakeSite.json(#"{"type":"known","accountId":"1"}"#))],
            then: .answer(Self.listing([])))
        let local = try source(http, url: "http://127.0.0.1:8080")
        #expect(local.instance == "127.0.0.1_8080")
        try await local.verify()
        _ = try await collect(local)
        #expect(http.requests[2].url.hasPrefix("http://127.0.0.1:8080/wiki/rest/api/content/search"))
    }

    @Test func emptyCensusNeedsAVisibleSpace() async throws {
        let http = ScriptedHTTP([.answer(Self.listing([])), .answer(FakeSite.json("{}", status: 404))])
        let source = try source(http)
        await #expect(throws: SourceError.self) { for try await _ in source.identifiers(in: "ENG") {} }
    }
}
