import Shared
import TestSupport
import Testing

@testable import Extractor

@Suite struct PendingDocumentsTests {
    @Test(arguments: [1, 7, 50, 256, 1000])
    func pagesOfAnySizeBecomeBatchesOfOneLookUp(pageSize: Int) {
        var pending = PendingDocuments()
        var batches: [[Document]] = []
        let documents = (0..<2000).map { Document.sample("files:t:\($0)") }
        for start in stride(from: 0, to: documents.count, by: pageSize) {
            batches += pending.add(Array(documents[start..<min(start + pageSize, documents.count)]))
        }
        batches.append(pending.flush())
        #expect(batches.map(\.count) == [256, 256, 256, 256, 256, 256, 256, 208])
        #expect(batches.flatMap { $0 } == documents)
        #expect(pending.flush().isEmpty)
    }

    @Test func longDocumentsDoNotPileUp() {
        var pending = PendingDocuments()
        let page = (0..<5).map {
            Document.sample("files:t:\($0)", content: String(repeating: "x", count: PendingDocuments.bytes / 2))
        }
        #expect(pending.add(page).map(\.count) == [2, 2])
        #expect(pending.flush().count == 1)
    }
}
