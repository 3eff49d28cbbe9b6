import Testing

@testable import Extractor

@Suite(.timeLimit(.minutes(1))) struct StopSignalTests {
    @Test func workThatDoesNotEndIsCancelledBySignal() async throws {
        let stop = StopSignal()
        let work = Task { try await stop.unlessStopped { try await Task.sleep(for: .seconds(3600)) } }
        stop.stop(.shutdown)
        await #expect(throws: StopSignal.Stopped.self) { try await work.value }
        await #expect(throws: StopSignal.Stopped.self) { try await stop.unlessStopped { 1 } }
    }

    @Test func workThatEndsGivesItsValueOrError() async throws {
        struct Broken: Error {}
        let stop = StopSignal()
        #expect(try await stop.unlessStopped { 42 } == 42)
        #expect(try await stop.unlessStopped { Int?.none } == nil)
        await #expect(throws: Broken.self) { try await stop.unlessStopped { throw Broken() } }
    }

    @Test func waitingEndsWithTheSignalAndByCancellation() async {
        let stop = StopSignal()
        let cancelled = Task { await stop.wait() }
        cancelled.cancel()
        await cancelled.value
        async let first: Void = stop.wait()
        async let second: Void = stop.wait()
        stop.stop(.shutdown)
        _ = await (first, second)
        await stop.wait()
    }

    @Test func aBodyThatIgnoresTheSignalIsCancelledAfterTheGrace() async throws {
        await #expect(throws: CancellationError.self) {
            try await StopSignal.with(lease: nil, grace: .milliseconds(20)) { stop in
                stop.stop(.shutdown)
                try await Task.sleep(for: .seconds(3600))
            }
        }
    }

    @Test func aBodyThatHeedsTheSignalKeepsItsResult() async throws {
        let value = try await StopSignal.with(lease: nil, grace: .seconds(3600)) { stop in
            stop.stop(.shutdown)
            await stop.wait()
            return 7
        }
        #expect(value == 7)
    }
}
