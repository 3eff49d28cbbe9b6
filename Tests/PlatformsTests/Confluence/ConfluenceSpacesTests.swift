import Shared
import TestSupport
import Testing

@testable import Platforms

/// One space that cannot be read keeps no other from being read.
struct ConfluenceSpacesTests {
    typealias Wiki = FakeWiki

    /// Reads until the error, and gives what came before it.
    private func read(_ source: ConfluenceSource, _ spaces: [String]) async -> ([String], SourceError?) {
        var ids: [String] = []
        do {
            for try await page in source.documents(in: spaces, since: Wiki.now) { ids += page.map(\.id) }
            return (ids, nil)
        } catch {
            return (ids, error as? SourceError)
        }
    }

    @Test func aSpaceThatFailsIsNamedAndTheOthersAreReadEachByItself() async throws {
        let wiki = Wiki([
            .user: [FakeSite.json(#"{"type":"known","accountId":"1"}"#)],
            .changedPages: [
                Wiki.listing([Wiki.page(1)], next: "/r?cursor=a"), Wiki.failure(400),
                Wiki.listing([Wiki.page(1), Wiki.page(2)]), Wiki.failure(400), Wiki.failure(400),
                Wiki.listing([Wiki.page(3)]),
            ],
        ])
        let (ids, error) = await read(try wiki.source(), ["ENG", "BAD", "OPS"])
        #expect(ids.map(\.last) == ["1", "2", "3"])
        #expect(error?.scopes == ["BAD"] && error?.message.contains("BAD") == true && error?.code == .rejected)
    }

    @Test func aConfiguredSpaceThatCannotBeSeenIsAnErrorAndNotAnEmptyOne() async throws {
        let wiki = Wiki([.spaces: [Wiki.engineering], .changedPages: [Wiki.listing([Wiki.page(1)])]])
        let (ids, error) = await read(try wiki.source(spaces: ["ENG", "NOPE"]), ["ENG", "NOPE"])
        #expect(ids.count == 1 && error?.scopes == ["NOPE"])
        #expect(wiki.asked(.changedPages)[0].contains(#"space in ("ENG")"#))
    }

    @Test func aSiteThatIsDownIsNotAskedOnceForEachSpace() async throws {
        let wiki = Wiki([.user: [Wiki.failure(503)], .changedPages: [Wiki.failure(503)]])
        let (ids, error) = await read(try wiki.source(), ["ENG", "OPS", "HR"])
        #expect(ids.isEmpty && error?.code == .unavailable && error?.scopes.isEmpty == true)
        #expect(wiki.asked(.changedPages).allSatisfy { $0.contains(#"("ENG","OPS","HR")"#) })
    }

    @Test func refusedCredentialsEndTheWalkAtOnce() async throws {
        let wiki = Wiki([.changedPages: [Wiki.failure(401)]])
        let (_, error) = await read(try wiki.source(), ["ENG", "OPS"])
        #expect(error?.code == .unauthorized && wiki.allAsked.count == 1)
    }
}
