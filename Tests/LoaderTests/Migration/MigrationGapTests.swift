import Shared
import Testing
import TestSupport

@testable import Loader

@Suite struct MigrationGapTests {
    private func marker(
        _ revision: Int, _ epoch: Int, key: String = "k", isDeleted: Bool = false
    ) -> Marker {
        var document = Document.sample("files:m:1")
        (document.revision, document.versionKey) = (revision, key)
        let change = DocumentChange(document: document, epoch: epoch, isDeleted: isDeleted)
        return Marker(DocumentHeader(change, chunkCount: isDeleted ? 0 : 1), fingerprint: "f")
    }

    private func isBehind(_ current: Marker, _ next: Marker?) -> Bool {
        var gap = MigrationGap()
        gap.compare(current, with: next)
        #expect(gap.documents == 1)
        return gap.behind == 1 && gap.examples == ["files:m:1"]
    }

    @Test func theSameOrANewerStateIsUpToDate() {
        #expect(!isBehind(marker(2, 5), marker(2, 5)))
        #expect(!isBehind(marker(2, 5), marker(3, 1)))
        // Loaded by an earlier run than the current collection, yet it is the same state of the document.
        #expect(!isBehind(marker(2, 5), marker(2, 1)))
    }

    @Test func anOlderStateOrNoneIsBehind() {
        #expect(isBehind(marker(2, 5), nil))
        #expect(isBehind(marker(2, 5), marker(1, 9)))
        #expect(isBehind(marker(2, 5, key: "with a new comment"), marker(2, 1)))
    }

    @Test func deletedDocumentsMustNotComeBack() {
        let deleted = marker(2, 5, isDeleted: true)
        #expect(!isBehind(deleted, nil))
        #expect(!isBehind(deleted, marker(2, 6, isDeleted: true)))
        #expect(isBehind(deleted, marker(2, 4)))
        #expect(isBehind(marker(2, 5), marker(2, 4, isDeleted: true)))
    }
}
