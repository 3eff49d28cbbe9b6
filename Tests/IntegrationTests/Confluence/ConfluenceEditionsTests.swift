import FoundationEssentials
import Shared
import Testing

@testable import Platforms

/// Both editions of the stand-in, which hold the same pages: everything is read, whatever the site does.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ConfluenceEditionsTests {
    static let editions = [AtlassianEdition.cloud, .datacenter]

    private func comments(_ document: Document) throws -> Int? {
        try document.metadata.parsed()["comment_count"]?.int
    }

    @Test(arguments: editions) func everyPageIsReadOnceWithAllItsCommentsAndFiles(_ edition: AtlassianEdition)
        async throws
    {
        let site = try await StandIn()
        let read = try await site.source(edition).read()
        #expect(try await Set(read.keys) == site.pageIDs())
        let review = try #require(read["65649"])
        #expect(try comments(review) == 30)
        #expect(review.content.contains("**한유나** ") && review.content.contains(", to Raj Patel):"))
        let files = try #require(read["65605"]).metadata.parsed()["attachments"]?.array.map { $0.compactMap(\.string) }
        #expect(files?.contains("planner-context.png") == true)
        let address = edition == .cloud ? "/wiki/spaces/" : "/confluence/display/"
        #expect(review.url.contains(address))
    }

    @Test func bothEditionsGiveTheSameTextAndTheSameVersions() async throws {
        let site = try await StandIn()
        // Who reads the spaces is told by other ids.
        try await site.tell("/faults", #"[{"match":"/permissions","status":403,"times":9}]"#)
        let (cloud, server) = (try await site.source(.cloud).read(), try await site.source(.datacenter).read())
        #expect(cloud.mapValues(\.versionKey) == server.mapValues(\.versionKey))
        #expect(cloud.mapValues(\.updatedAt) == server.mapValues(\.updatedAt))
        #expect(cloud.mapValues(\.author) == server.mapValues(\.author))
    }

    @Test(arguments: editions) func theCensusHasEveryCurrentPageAndNoOther(_ edition: AtlassianEdition) async throws {
        let site = try await StandIn()
        let all = try await site.pageIDs()
        try await site.tell("/pages/65637/status", #"{"status":"archived"}"#)
        try await site.tell("/pages/66037/status", #"{"status":"trashed"}"#)
        try await site.tell("/pages/66405", delete: true)
        let census = try await site.source(edition).census()
        #expect(Set(census) == all.subtracting(["65637", "66037", "66405"]) && Set(census).count == census.count)
    }

    @Test(arguments: editions) func versionKeysOfASpaceAreThoseOfItsDocuments(_ edition: AtlassianEdition) async throws
    {
        let site = try await StandIn()
        try await site.tell("/pages/65601/restriction", #"{"users":["jiwoo"],"groups":["engineers"]}"#)
        let source = try site.source(edition)
        let read = try await source.read()
        #expect(try await source.states() == read.mapValues(\.versionKey))
    }

    @Test(arguments: editions)
    func whatLeavesNoTraceInASearchShowsInTheVersionKeysOfItsSpace(_ edition: AtlassianEdition) async throws {
        let site = try await StandIn()
        let source = try site.source(edition)
        let comment = try await site.tell("/pages/65629/comments", #"{"storage":"<p>One</p>","inline":"on"}"#)
        let answered = try await site.tell("/pages/65633/comments", #"{"storage":"<p>Two</p>"}"#)
        let file = try await site.tell("/pages/65637/attachments", #"{"name":"x.txt"}"#)
        try await site.tell("/pages/65621/labels", #"{"labels":["old"]}"#)
        let before = try await source.states()
        // Edits count from here.
        try await site.shiftClock(by: 3600)
        try await site.tell("/pages/65621/labels", #"{"remove":["old"]}"#)
        try await site.tell("/pages/65625/parent", #"{"parent":65621}"#)
        try await site.tell("/pages/65629/comments", #"{"resolve":"\#(try #require(comment))"}"#)
        try await site.tell("/pages/65633/comments", #"{"delete":"\#(try #require(answered))"}"#)
        try await site.tell("/pages/65637/attachments", #"{"delete":"\#(try #require(file))"}"#)
        try await site.tell("/pages/65641/restriction", #"{"users":["jiwoo"]}"#)
        let expected: Set<String> = ["65621", "65625", "65629", "65633", "65637", "65641"]
        let after = try await source.states()
        #expect(Set(after.keys.filter { after[$0] != before[$0] }).isSuperset(of: expected))
        // Pages below one that changed are among its fellows only when they are below it.
        #expect(after.keys.filter { after[$0] != before[$0] }.count <= expected.count + 5)
        let ids = expected.map { "confluence:\(source.instance):\($0)" }
        let read = try await source.documents(ids: ids)
        #expect(Set(read.map { ConfluenceSource.number($0.id) }) == expected)
        for document in read { #expect(document.versionKey == after[ConfluenceSource.number(document.id)]) }
    }

    @Test(arguments: editions) func aNewCommentOrFileBringsItsPage(_ edition: AtlassianEdition) async throws {
        let site = try await StandIn()
        let source = try site.source(edition)
        try await site.tell("/pages/66413/comments", #"{"storage":"<p>Neue Frage</p>"}"#)
        try await site.tell("/pages/66417/attachments", #"{"name":"new.txt"}"#)
        let read = try await source.read(since: site.now.addingTimeInterval(-60))
        #expect(try #require(read["66413"]).content.contains("Neue Frage"))
        #expect(read["66417"] != nil)
    }

    @Test(arguments: editions) func aSpaceThatIsHiddenIsAnErrorAndNotEmpty(_ edition: AtlassianEdition) async throws {
        let site = try await StandIn()
        try await site.tell("/spaces/OPS", #"{"visible":false}"#)
        let source = try site.source(edition, spaces: StandIn.spaces)
        let error = await #expect(throws: SourceError.self) { try await source.read(["OPS"]) }
        #expect(error?.message.contains("OPS") == true)
        #expect(try await Set(source.read(["ENG", "HR"]).values.map(\.scope)) == ["ENG", "HR"])
        await #expect(throws: SourceError.self) { try await source.census(["OPS"]) }
    }

    @Test(arguments: editions) func pagesTooHeavyForTheServerComeInSmallerParts(_ edition: AtlassianEdition)
        async throws
    {
        let site = try await StandIn()
        try await site.tell(
            "/faults", #"[{"match":"body.storage","over_limit":9,"status":504,"times":1000}]"#)
        #expect(try await Set(site.source(edition).read().keys) == site.pageIDs())
    }

    @Test(arguments: editions)
    func aPageThatNeverComesIsNamedAndHidesNoOther(_ edition: AtlassianEdition) async throws {
        let site = try await StandIn()
        // Wherever the page is among the results, the server gives up.
        try await site.tell("/pages/65641/broken", #"{"broken":true}"#)
        let source = try site.source(edition)
        try await source.verify()
        var read: Set<String> = []
        let error = await #expect(throws: SourceError.self) {
            for try await page in source.documents(in: StandIn.spaces, since: Date(timeIntervalSince1970: 0)) {
                read.formUnion(page.map { ConfluenceSource.number($0.id) })
            }
        }
        #expect(error?.message.contains("65641") == true)
        #expect(try await read == site.pageIDs().subtracting(["65641"]))
    }

    @Test(arguments: editions) func shortAndEmptyPagesEndNothing(_ edition: AtlassianEdition) async throws {
        let site = try await StandIn()
        let kinds = edition == .cloud ? ["short_page", "empty_page_with_next"] : ["short_page"]
        let faults = kinds.map { #"{"match":"content/search","kind":"\#($0)","times":3}"# }
        try await site.tell("/faults", "[\(faults.joined(separator: ","))]")
        #expect(try await Set(site.source(edition).read().keys) == site.pageIDs())
    }

    @Test(arguments: [
        (AtlassianEdition.cloud, "repeat_cursor"), (.cloud, "foreign_next"), (.cloud, "html_login"),
        (.cloud, "redirect"),
        (.datacenter, "repeat_cursor"), (.datacenter, "empty_page_with_next"), (.datacenter, "html_login"),
    ])
    func aListingThatCannotBeReadToItsEndIsAnError(_ edition: AtlassianEdition, _ kind: String) async throws {
        let site = try await StandIn()
        try await site.tell("/multiply", #"{"times":3}"#)
        let source = try site.source(edition)
        try await source.verify()
        try await site.tell("/faults", #"[{"match":"content/search","kind":"\#(kind)","times":1000}]"#)
        await #expect(throws: SourceError.self) { try await source.read() }
    }

    @Test(arguments: editions) func cutAnswersAndBrokenConnectionsAreTriedAgain(_ edition: AtlassianEdition)
        async throws
    {
        let site = try await StandIn()
        try await site.tell(
            "/faults",
            #"[{"match":"content/search","kind":"truncate"},{"match":"content/search","kind":"reset","after":1},{"match":"content/search","status":429,"headers":{"Retry-After":"0"},"times":2}]"#
        )
        #expect(try await Set(site.source(edition).read().keys) == site.pageIDs())
    }

    @Test(arguments: editions) func editsWhileTheListingIsReadHideNoOtherPage(_ edition: AtlassianEdition) async throws
    {
        let site = try await StandIn()
        try await site.tell("/multiply", #"{"times":3}"#)
        let all = try await site.pageIDs()
        // Each page of the listing finds some pages moved to its other end.
        let edits = ["65601", "1065601", "2065601", "65605", "66001"].enumerated().map { index, id in
            #"{"match":"page%2Cblogpost%29%20and%20space","after":1,"page_edits":{"\#(id)":"<p>\#(index)</p>"}}"#
        }
        try await site.tell("/faults", "[\(edits.joined(separator: ","))]")
        let read = try await site.source(edition).read()
        // What was edited before its turn is a change of its own, which the next window has.
        let missed = all.subtracting(read.keys)
        #expect(missed.isSubset(of: ["65601", "1065601", "2065601", "65605", "66001"]), "\(missed)")
    }

    @Test func anAnonymousVisitorIsRefusedInBothEditions() async throws {
        let site = try await StandIn()
        for edition in Self.editions {
            let settings = try site.source(edition).settings
            let wrong = ConfluenceSource(
                settings: AtlassianSettings(
                    product: "CONFLUENCE", url: settings.url, email: settings.email, token: Secret("wrong")),
                transport: CurlTransport(), clock: ImpatientClock())
            let error = await #expect(throws: SourceError.self) { try await wrong.verify() }
            #expect(error?.code == .unauthorized)
        }
    }
}
