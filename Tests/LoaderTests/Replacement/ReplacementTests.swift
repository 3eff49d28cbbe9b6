import Shared
import Testing
import TestSupport

@testable import Loader

/// What one load writes, spares and reports.
@Suite struct ReplacementTests {
    private func replacement(_ qdrant: FaultyQdrant) -> Replacement {
        var reader = SettingsReader.only(["OHRA_QDRANT_COLLECTION": "c"])
        return Replacement(QdrantClient(transport: qdrant, settings: QdrantSettings(&reader), retries: .never))
    }

    @Test func chunksThatAreThereWithTheSameHashAreNotSentAgain() async throws {
        let qdrant = FaultyQdrant { _, _ in nil }
        let replacement = replacement(qdrant)
        var group = LoadGroup(fingerprint: "f")
        group.append(LoaderBench.message(["files:m:1", "files:m:2"], chunks: 3), run: "r")
        #expect(try await replacement.load(group) == LoadReport(written: 6, spared: 0, committed: 2, overtaken: 0))
        #expect(try await replacement.load(group) == LoadReport(written: 0, spared: 6, committed: 0, overtaken: 0))
        #expect(await qdrant.upserts == [6])
    }

    @Test func aChunkWithAnotherHashIsWrittenAnew() async throws {
        let qdrant = FaultyQdrant { _, _ in nil }
        let replacement = replacement(qdrant)
        var message = LoaderBench.message(["files:m:1"], chunks: 3)
        _ = try await replacement.load(LoadGroup(message, run: "r"))
        message.vectors[1].hash = "damaged"
        #expect(try await replacement.load(LoadGroup(message, run: "r")).written == 1)
        #expect(await qdrant.upserts == [3, 1])
    }
}
