import TestSupport
import Testing

@testable import Shared

/// Leases on the real broker.
@Suite(.timeLimit(.minutes(1))) struct LeaseTests {
    private static let prefix = "test-lease-\(UInt32.random(in: 0...UInt32.max))"

    private func broker(port: UInt16? = nil) throws -> Broker {
        var settings = try RealBroker.settings(port: port)
        settings.prefix = Self.prefix
        return Broker(settings, for: Program(name: "extractor", logger: RealBroker.logger))
    }

    private func acquire(_ name: String, port: UInt16? = nil, patience: Lease.Patience = .init()) async throws -> Lease?
    {
        try await Lease.acquire(name, at: try broker(port: port), patience: patience, logger: RealBroker.logger)
    }

    /// The broker may need a moment to notice that a connection has ended, and tells nobody when it has.
    private func acquireSoon(_ name: String) async throws -> Lease {
        while true {
            if let lease = try await acquire(name) { return lease }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test func oneHolderAtATimeAndTheNextOneAfterRelease() async throws {
        let first = try #require(try await acquire("one"))
        #expect(try await acquire("one") == nil)
        let other = try #require(try await acquire("another"))
        #expect(await first.isHeld)
        await first.release()
        #expect(await first.isHeld == false)
        let second = try await acquireSoon("one")
        await second.release()
        await other.release()
    }

    @Test func holderTakesItAgainWhenItsConnectionBreaks() async throws {
        let proxy = try FaultProxy(target: UInt16(try RealBroker.settings().port))
        defer { proxy.end() }
        let recorder = LogRecorder()
        let lease = try #require(
            try await Lease.acquire("cut", at: try broker(port: proxy.port), logger: recorder.logger))
        let holding = Task { await lease.hold() }
        proxy.cut()
        await recorder.wait(for: "held again")
        #expect(try await acquire("cut") == nil)
        holding.cancel()
        #expect(await holding.value == nil)
        await lease.release()
    }

    @Test func holderLearnsThatSomebodyElseTookIt() async throws {
        let proxy = try FaultProxy(target: UInt16(try RealBroker.settings().port))
        defer { proxy.end() }
        let lease = try #require(
            try await acquire("taken", port: proxy.port, patience: Lease.Patience(taken: .zero)))
        proxy.cut()
        let thief = try await acquireSoon("taken")
        let lost = try #require(await lease.hold())
        #expect(lost.exitCode == ProgramExit.incomplete.rawValue)
        #expect("\(lost)".contains("another process"))
        await lease.release()
        await thief.release()
    }

    @Test func brokerThatStaysAwayEndsTheLeaseAsUnavailable() async throws {
        let proxy = try FaultProxy(target: UInt16(try RealBroker.settings().port))
        let lease = try #require(
            try await acquire("away", port: proxy.port, patience: Lease.Patience(broker: .milliseconds(300))))
        proxy.end()
        let lost = try #require(await lease.hold())
        #expect(lost.exitCode == ProgramExit.unavailable.rawValue)
        await lease.release()
    }

    @Test func holderThatIsCancelledWhileTheBrokerIsAwayEnds() async throws {
        let proxy = try FaultProxy(target: UInt16(try RealBroker.settings().port))
        let recorder = LogRecorder()
        let lease = try #require(
            try await Lease.acquire("cancelled", at: try broker(port: proxy.port), logger: recorder.logger))
        let holding = Task { await lease.hold() }
        proxy.end()
        await recorder.wait(for: "Connection of the lease lost")
        holding.cancel()
        #expect(await holding.value == nil)
        await lease.release()
    }

    @Test func waitingForTheEndOfAConnectionCanBeCancelled() async throws {
        let connection = BrokerConnection(settings: try RealBroker.settings(), name: "test end")
        try await connection.connect()
        let waiting = Task { await connection.end() }
        waiting.cancel()
        #expect(await waiting.value == nil)
        let second = Task { await connection.end() }
        await connection.close()
        #expect(await second.value != nil)
    }
}
