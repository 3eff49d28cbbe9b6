import Shared
import Synchronization
import TestSupport
import Testing

@testable import Platforms

/// Listings are read to their true end, by cursor and by offset, or they fail.
struct ConfluencePagingTests {
    typealias Wiki = FakeWiki

    // MARK: By cursor

    @Test(arguments: [
        "/rest/api/content/search?cursor=c2&limit=50", "@evil.example/?cursor=c2",
        "/wiki/rest/api/content/search?limit=50&cursor=c2",
        "http://haneul.atlassian.net/wiki/rest/api/content/search?limit=50&cursor=c2#x",
    ])
    func linkGivesItsCursorAndNothingElse(_ link: String) async throws {
        let wiki = Wiki([.changedPages: [Wiki.listing([Wiki.page(1)], next: link), Wiki.listing([Wiki.page(2)])]])
        #expect(try await wiki.source().changed().count == 2)
        for url in wiki.asked(.changedPages) {
            #expect(url.hasPrefix("https://haneul.atlassian.net/wiki/rest/api/content/search?cql="))
        }
        #expect(wiki.asked(.changedPages)[1].hasSuffix("&cursor=c2"))
    }

    @Test(arguments: ["/rest/api/content/search?cursor=c2", "/wiki/rest/api/content/search?cursor=c2"])
    func linkIsFollowedThroughTheGatewayToo(_ link: String) async throws {
        let base = "https://api.atlassian.com/ex/confluence/11-22/wiki/"
        let wiki = Wiki([
            .user: [FakeSite.json(#"{"type":"known","accountId":"1"}"#)],
            .changedPages: [Wiki.listing([Wiki.page(1)], next: link), Wiki.listing([Wiki.page(2)])],
        ])
        let source = ConfluenceSource(
            settings: AtlassianSettings(
                product: "CONFLUENCE",
                url: try ServiceURL("https://api.atlassian.com/ex/confluence/11-22", schemes: ["https"]),
                email: "a@h.example", token: Secret(FakeSite.token), instance: "haneul.atlassian.net"),
            transport: wiki, clock: ImpatientClock(), now: { Wiki.now })
        try await source.verify()
        let documents = try await source.changed()
        #expect(documents.count == 2)
        #expect(documents.first?.url == "https://haneul.atlassian.net/wiki/spaces/ENG/pages/1")
        #expect(wiki.allAsked.allSatisfy { $0.hasPrefix(base + "rest/api/") || $0.hasPrefix(base + "api/v2/") })
        #expect(wiki.asked(.changedPages)[1].hasSuffix("&cursor=c2"))
    }

    @Test func emptyPageIsFollowedAndRepeatedCursorIsAnError() async throws {
        let wiki = Wiki([
            .changedPages: [Wiki.listing([], next: "/r?cursor=a%3D"), Wiki.listing([Wiki.page(1)])]
        ])
        #expect(try await wiki.source().changed().count == 1)
        #expect(wiki.asked(.changedPages)[1].hasSuffix("&cursor=a="))
        let circle = try Wiki([.changedPages: [Wiki.listing([Wiki.page(1)], next: "/r?cursor=a")]]).source()
        let error = await #expect(throws: SourceError.self) { try await circle.changed() }
        #expect(error?.code == .unexpectedAnswer)
    }

    @Test func aHeavyPageIsAskedForInSmallerPartsAndTheCursorKept() async throws {
        let wiki = Wiki([
            .changedPages: [
                Wiki.listing([Wiki.page(1)], next: "/r?cursor=a"), Wiki.failure(504), Wiki.failure(504),
                Wiki.failure(504), Wiki.failure(504), Wiki.listing([Wiki.page(2)]),
            ]
        ])
        #expect(try await wiki.source().changed().count == 2)
        let limits = wiki.asked(.changedPages).compactMap { url in
            url.split(separator: "limit=").last.flatMap { Int($0.prefix { $0.isNumber }) }
        }
        #expect(limits == [50, 50, 50, 12, 12, 3])
        #expect(wiki.asked(.changedPages).dropFirst().allSatisfy { $0.hasSuffix("&cursor=a") })
    }

    // MARK: By offset

    /// A listing that a server keeps and others change.
    private final class Shelf: Sendable {
        private let state: Mutex<(items: [Int], asked: Int)>
        /// What the server gives at most, whatever it is asked for.
        let cap: Int
        let change: @Sendable (_ request: Int, _ items: inout [Int]) -> Void

        init(_ count: Int, cap: Int, change: @escaping @Sendable (Int, inout [Int]) -> Void = { _, _ in }) {
            state = Mutex((Array(0..<count), 0))
            self.cap = cap
            self.change = change
        }

        var asked: Int { state.withLock { $0.asked } }

        func page(_ start: Int, _ limit: Int) throws(SourceError) -> ConfluenceOffsetPager.Page {
            let items = state.withLock { state in
                change(state.asked, &state.items)
                state.asked += 1
                return state.items.dropFirst(start).prefix(min(limit, cap))
            }
            return try Self.answer(items.map { #"{"id":"\#($0)"}"# })
        }

        static func answer(_ items: [String], next: Bool = false) throws(SourceError) -> ConfluenceOffsetPager.Page {
            do {
                let parsed = try items.map { try JSONElement(parsing: Array($0.utf8)) }
                return ConfluenceOffsetPager.Page(items: parsed, hasNext: next)
            } catch {
                throw SourceError(.unexpectedAnswer, "\(error)")
            }
        }

        func readAll(size: Int) async throws -> [Int] {
            let pager = ConfluenceOffsetPager("test", size: size) { start, limit, _ throws(SourceError) in
                try self.page(start, limit)
            }
            var ids: [Int] = []
            while let items = try await pager.next() {
                ids += items.compactMap { $0["id"]?.string.flatMap { Int($0) } }
            }
            return ids
        }
    }

    @Test(arguments: [0, 1, 2, 19, 20, 21, 100], [2, 20, 50])
    func aServerThatCutsPagesSilentlyAndLinksToNoneIsReadWhole(_ count: Int, _ cap: Int) async throws {
        #expect(try await Shelf(count, cap: cap).readAll(size: 50) == Array(0..<count))
    }

    @Test func whatIsRemovedWhileItIsReadLosesNothingElse() async throws {
        let shelf = Shelf(100, cap: 10) { request, items in
            if request > 0, request % 2 == 0, request < 12 { items.removeFirst(2) }
        }
        let read = try await shelf.readAll(size: 10)
        #expect(Set(read) == Set(0..<100) && read.count == 100)
    }

    @Test func whatChangesWhileItIsReadMovesToTheFrontAndIsGivenOnce() async throws {
        let moved = Mutex<Set<Int>>([])
        let shelf = Shelf(100, cap: 10) { request, items in
            guard request > 0, request < 9 else { return }
            items.insert(items.remove(at: 90), at: 0)
            _ = moved.withLock { $0.insert(items[0]) }
        }
        let read = try await shelf.readAll(size: 10)
        // Those that moved to the front are new changes, which the next run's window has.
        let stayed = moved.withLock { Set(0..<100).subtracting($0) }
        #expect(Set(read).isSuperset(of: stayed) && Set(read).count == read.count)
    }

    @Test func randomRemovalsAndMovesToTheEndLoseNothing() async throws {
        for seed in 0..<50 {
            let generator = Mutex(SeededGenerator(state: UInt64(seed)))
            let removed = Mutex<Set<Int>>([])
            let shelf = Shelf(120, cap: 9) { request, items in
                generator.withLock { generator in
                    guard request > 0, request < 40, Bool.random(using: &generator), items.count > 40 else { return }
                    let victim = items.remove(at: Int.random(in: 0..<items.count, using: &generator))
                    if Bool.random(using: &generator) {
                        items.append(victim)
                    } else {
                        _ = removed.withLock { $0.insert(victim) }
                    }
                }
            }
            let read = try await shelf.readAll(size: 20)
            let stayed = removed.withLock { Set(0..<120).subtracting($0) }
            #expect(Set(read).isSuperset(of: stayed) && Set(read).count == read.count, "seed \(seed)")
        }
    }

    @Test func aServerThatRepeatsItselfForEverIsAnError() async throws {
        let pager = ConfluenceOffsetPager("test", size: 10) { _, _, _ throws(SourceError) in
            try Shelf.answer([#"{"id":"1"}"#, #"{"id":"2"}"#])
        }
        let error = await #expect(throws: SourceError.self) { while try await pager.next() != nil {} }
        #expect(error?.code == .unexpectedAnswer)
    }

    @Test func anEmptyPageThatPromisesMoreIsAnError() async throws {
        let empty = ConfluenceOffsetPager("test", size: 10) { _, _, _ throws(SourceError) in
            try Shelf.answer([], next: true)
        }
        await #expect(throws: SourceError.self) { try await empty.next() }
    }

    @Test func aListingThatBecomesEmptyIsAnErrorAndNotItsEnd() async throws {
        let shelf = Shelf(30, cap: 10) { request, items in if request == 2 { items = [] } }
        await #expect(throws: SourceError.self) { try await shelf.readAll(size: 10) }
    }

    @Test func aHeavyPageIsAskedForInSmallerParts() async throws {
        let shelf = Shelf(40, cap: 50)
        let pager = ConfluenceOffsetPager("test", size: 40) { start, limit, _ throws(SourceError) in
            if limit > 11 {
                var error = SourceError(.unavailable, "504")
                error.mayBeTooHeavy = true
                throw error
            }
            return try shelf.page(start, limit)
        }
        var count = 0
        while let items = try await pager.next() { count += items.count }
        #expect(count == 40)
    }
}
