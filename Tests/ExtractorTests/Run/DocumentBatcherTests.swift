import Shared
import TestSupport
import Testing

@testable import Extractor

@Suite struct DocumentBatcherTests {
    private func encoded(_ index: Int, bytes: Int = 10) -> [UInt8] {
        DocumentChange(
            document: .sample("files:t:\(index)", content: String(repeating: "x", count: bytes)), epoch: 1
        ).encoded
    }

    private func batches(_ documents: [[UInt8]]) -> [DocumentBatcher.Batch] {
        var batcher = DocumentBatcher()
        var batches = documents.compactMap { batcher.add($0) }
        if let rest = batcher.flush() { batches.append(rest) }
        return batches
    }

    @Test func tenDocumentsAMessageAndTheRestLast() throws {
        let batches = batches((0..<43).map { encoded($0) })
        #expect(batches.map(\.documentCount) == [10, 10, 10, 10, 3])
        for batch in batches {
            let message = try DocumentsMessage(body: batch.body)
            #expect(message.changes.count == batch.documentCount)
        }
    }

    @Test func nothingGivesNoMessage() { #expect(batches([]).isEmpty) }

    @Test func noBodyPassesTheByteLimitButASingleDocument() {
        let sizes = [300_000, 300_000, 300_000, 300_000, 2_000_000, 10, 1_040_000, 10_000, 5]
        let result = batches(sizes.enumerated().map { encoded($0.offset, bytes: $0.element) })
        #expect(result.map(\.documentCount).reduce(0, +) == sizes.count)
        for batch in result where batch.documentCount > 1 { #expect(batch.body.count <= MessageLimits.bytesPerMessage) }
        #expect(result.map(\.documentCount) == [3, 1, 1, 2, 2])
    }
}
