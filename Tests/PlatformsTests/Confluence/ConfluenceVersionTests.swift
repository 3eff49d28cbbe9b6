import Shared
import TestSupport
import Testing

@testable import Platforms

/// What makes a page count as changed.
struct ConfluenceVersionTests {
    typealias Wiki = FakeWiki

    private func key(
        _ page: String, _ children: [String] = [], above: String = Wiki.page(1), permissions: [String] = []
    ) async throws -> String {
        let wiki = Wiki([
            .changedPages: [Wiki.listing([page])], .children: [Wiki.listing(children)],
            .restrictions: [Wiki.listing([above])], .permissions: [Wiki.listing(permissions)],
        ])
        return try #require(try await wiki.source().changed().first).versionKey
    }

    @Test func everyPartThatTheVersionNumberMissesChangesTheKey() async throws {
        let comment = Wiki.comment(9, on: 65)
        let resolved = Wiki.comment(9, on: 65, extensions: #"{"resolution":{"status":"resolved"}}"#)
        var keys = [
            try await key(Wiki.page(65)),
            try await key(Wiki.page(65, version: 4)),
            try await key(Wiki.page(65, label: "b")),
            try await key(Wiki.page(65, ancestor: #"{"id":"2","title":"Home"}"#), above: Wiki.page(2)),
            try await key(Wiki.page(65, ancestor: #"{"id":"1","title":"Start"}"#)),
            try await key(Wiki.page(65, restrictions: Wiki.restrictions(["7:a"], []))),
            try await key(Wiki.page(65, restrictions: Wiki.restrictions([], ["7:a"]))),
            try await key(Wiki.page(65), above: Wiki.page(1, restrictions: Wiki.restrictions(["7:a"], []))),
            try await key(Wiki.page(65), permissions: [Wiki.reads("user", "7:a")]),
            try await key(Wiki.page(65), permissions: [Wiki.reads("group", "7:a")]),
            try await key(Wiki.page(65), [comment]),
            try await key(Wiki.page(65), [Wiki.comment(9, on: 65, version: 2)]),
            try await key(Wiki.page(65), [resolved]),
            try await key(Wiki.page(65), [Wiki.comment(10, on: 65)]),
            try await key(Wiki.page(65), [Wiki.attachment(9, on: 65)]),
            try await key(Wiki.page(65), [Wiki.attachment(9, on: 65, version: 2)]),
        ]
        let count = keys.count
        keys = Array(Set(keys))
        #expect(keys.count == count)
    }

    @Test func lookingAtAPageAndTheOrderOfItsPartsChangeNothing() async throws {
        let children = [Wiki.comment(9, on: 65), Wiki.comment(10, on: 65), Wiki.attachment(3, on: 65)]
        let plain = try await key(Wiki.page(65), children)
        let viewed = Wiki.page(65, more: #","extensions":{"position":5},"metadata2":{"lastviewed":"2026-11-25"}"#)
        #expect(try await key(viewed, children.reversed()) == plain)
    }

    @Test(arguments: [AtlassianEdition.cloud, .datacenter])
    func listingASpaceTellsTheSameKeysAsReadingItsPages(_ edition: AtlassianEdition) async throws {
        let pages = Wiki.listing([Wiki.page(65, restrictions: Wiki.restrictions(["7:a"], ["staff"])), Wiki.page(66)])
        let children = Wiki.listing([Wiki.comment(9, on: 65), Wiki.comment(10, on: 65), Wiki.attachment(3, on: 66)])
        let above = Wiki.listing([Wiki.page(1, restrictions: Wiki.restrictions([], ["staff"]))])
        // Data Center is asked for the last item of a page once more, to see that nothing follows.
        let pageEnd = Wiki.listing([Wiki.page(66)])
        let childEnd = Wiki.listing([Wiki.attachment(3, on: 66)])
        let wiki = Wiki([
            .changedPages: [pages, pageEnd], .children: [children, childEnd], .restrictions: [above],
            .permissions: [Wiki.listing([Wiki.reads("group", "staff")])], .states: [pages],
            .listing: [pages, pageEnd, Wiki.listing([])], .allChildren: [children, childEnd],
        ])
        let source = try wiki.source(edition: edition)
        var told: [String: String] = [:]
        for try await keys in source.versionKeys(in: "ENG") { told.merge(keys) { $1 } }
        let read = try await source.changed()
        #expect(read.count == 2)
        #expect(told == Dictionary(uniqueKeysWithValues: read.map { ($0.id, $0.versionKey) }))
    }
}
