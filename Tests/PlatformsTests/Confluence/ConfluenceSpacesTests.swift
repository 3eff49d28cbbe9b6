import Shared
import TestSupport
import Testing

@testable import Platforms

/// A space that cannot be read is an error and not an empty one.
struct ConfluenceSpacesTests {
    typealias Wiki = FakeWiki

    @Test func aConfiguredSpaceThatCannotBeSeenIsAnErrorBeforeAnythingIsRead() async throws {
        let wiki = Wiki([.spaces: [Wiki.engineering], .changedPages: [Wiki.listing([Wiki.page(1)])]])
        let source = try wiki.source(spaces: ["ENG", "NOPE"])
        let error = await #expect(throws: SourceError.self) { try await source.changed(in: ["ENG", "NOPE"]) }
        // Rejected: the extraction reads the spaces one by one then.
        #expect(error?.code == .rejected && error?.message.contains("NOPE") == true)
        #expect(wiki.asked(.changedPages).isEmpty)
        #expect(try await source.changed(in: ["ENG"]).count == 1)
    }

    @Test func refusedCredentialsEndTheWalkAtOnce() async throws {
        let wiki = Wiki([.changedPages: [Wiki.failure(401)]])
        let source = try wiki.source()
        let error = await #expect(throws: SourceError.self) { try await source.changed(in: ["ENG", "OPS"]) }
        #expect(error?.code == .unauthorized && wiki.allAsked.count == 1)
    }
}
