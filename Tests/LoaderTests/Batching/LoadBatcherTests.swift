import Shared
import Synchronization
import Testing
import TestSupport

@testable import Loader

@Suite(.timeLimit(.minutes(1))) struct LoadBatcherTests {
    /// What a batcher was asked to load, and a gate before it.
    private final class Recorder: Sendable {
        private struct State {
            var groups: [LoadGroup] = []
            var underWay = 0
            var mostUnderWay = 0
        }

        private let state = Mutex(State())

        var groups: [LoadGroup] { state.withLock { $0.groups } }
        var mostUnderWay: Int { state.withLock { $0.mostUnderWay } }

        func began(_ group: LoadGroup) {
            state.withLock {
                $0.groups.append(group)
                $0.underWay += 1
                $0.mostUnderWay = max($0.mostUnderWay, $0.underWay)
            }
        }

        func ended() { state.withLock { $0.underWay -= 1 } }
    }

    private func item(_ document: Int, vectors: Int = 5, fingerprint: String = "f") -> LoadItem {
        let change = DocumentChange(document: .sample("files:m:\(document)"), epoch: 1)
        let header = DocumentHeader(change, chunkCount: vectors)
        let chunks = (0..<vectors).map { index in
            ChunkVector(
                id: PointIdentity.chunk(
                    documentID: header.id, version: header.version, fingerprint: fingerprint, index: index),
                documentID: header.id, index: index, content: "c", hash: "h", embedHash: "h", vector: [1])
        }
        return LoadItem(
            message: VectorsMessage(
                fingerprint: fingerprint, model: "m", dimension: 1, documents: [header], vectors: chunks),
            run: "r")
    }

    /// Loads all items at the same time; the error of each, nil for success.
    private func load(_ items: [LoadItem], with batcher: LoadBatcher) async -> [QdrantError.Code?] {
        await withTaskGroup(of: (Int, QdrantError.Code?).self) { group in
            for (index, item) in items.enumerated() {
                group.addTask {
                    do throws(QdrantError) {
                        try await batcher.load(item)
                        return (index, nil)
                    } catch {
                        return (index, error.code)
                    }
                }
            }
            var codes = [QdrantError.Code?](repeating: nil, count: items.count)
            for await (index, code) in group { codes[index] = code }
            return codes
        }
    }

    @Test func concurrentMessagesTravelTogether() async {
        let recorder = Recorder()
        let batcher = LoadBatcher(patience: .milliseconds(500)) { recorder.began($0) }
        let codes = await load((0..<12).map { item($0) }, with: batcher)
        #expect(codes == [QdrantError.Code?](repeating: nil, count: 12))
        #expect(recorder.groups.count < 12)
        #expect(recorder.groups.reduce(0) { $0 + $1.chunks.count } == 60)
        #expect(Set(recorder.groups.flatMap(\.documentIDs)).count == 12)
    }

    @Test func noGroupPassesTheLimitsAndOnlySoManyAreUnderWay() async {
        let recorder = Recorder()
        let batcher = LoadBatcher(groupsAtOnce: 2) { group throws(QdrantError) in
            recorder.began(group)
            for _ in 0..<20 { await Task.yield() }
            recorder.ended()
        }
        let codes = await load((0..<300).map { item($0) }, with: batcher)
        #expect(codes.allSatisfy { $0 == nil })
        #expect(recorder.groups.allSatisfy { $0.chunks.count <= 256 })
        #expect(recorder.mostUnderWay <= 2)
        #expect(recorder.groups.reduce(0) { $0 + $1.chunks.count } == 1500)
    }

    @Test func pipelinesAreNotMixed() async {
        let recorder = Recorder()
        let batcher = LoadBatcher(patience: .milliseconds(50)) { recorder.began($0) }
        _ = await load((0..<20).map { item($0, fingerprint: $0.isMultiple(of: 2) ? "f" : "g") }, with: batcher)
        for group in recorder.groups {
            let expected = Set(group.chunks.map(\.vector.id))
            let made = Set(
                group.states.flatMap { state in
                    (0..<5).map {
                        PointIdentity.chunk(
                            documentID: state.header.id, version: state.header.version,
                            fingerprint: group.fingerprint, index: $0)
                    }
                })
            #expect(expected == made)
        }
    }

    @Test func onlyTheCulpritIsRefused() async {
        let recorder = Recorder()
        let batcher = LoadBatcher(patience: .milliseconds(200)) { group throws(QdrantError) in
            recorder.began(group)
            if group.documentIDs.contains("files:m:7") { throw QdrantError(.rejected, "no") }
        }
        let codes = await load((0..<16).map { item($0, vectors: 1) }, with: batcher)
        for (index, code) in codes.enumerated() { #expect(code == (index == 7 ? .rejected : nil)) }
    }

    @Test func aPassingFaultIsToldToEverybody() async {
        let batcher = LoadBatcher { _ throws(QdrantError) in throw QdrantError(.unavailable, "down") }
        let codes = await load((0..<8).map { item($0) }, with: batcher)
        #expect(codes == [QdrantError.Code?](repeating: .unavailable, count: 8))
    }

    @Test func aCancelledLeaderTakesNobodyWithIt() async throws {
        let recorder = Recorder()
        let batcher = LoadBatcher(groupsAtOnce: 1, patience: .seconds(30)) { group throws(QdrantError) in
            recorder.began(group)
            if Task.isCancelled { throw QdrantError(.cancelled, "cancelled") }
        }
        // Leads, and waits for others until it is cancelled.
        let leader = Task { try await batcher.load(item(0)) }
        while await !batcher.isGathering { await Task.yield() }
        async let follower: Void = batcher.load(item(1, vectors: 64))
        while await batcher.waitingCount == 0 { await Task.yield() }
        leader.cancel()
        try await follower
        await #expect(throws: QdrantError.self) { try await leader.value }
        #expect(recorder.groups.count == 2)
        #expect(recorder.groups.last?.documentIDs == ["files:m:1"])
    }
}
