import TestSupport
import Testing

@testable import Shared

@Suite(.timeLimit(.minutes(1))) struct ReconnectorTests {
    private let log = LogRecorder()
    private let quick = Duration.milliseconds(1) ... .milliseconds(3)
    private let endless = Duration.seconds(3600) ... .seconds(7200)
    private let down = BrokerError(.unavailable, "down")
    private let refused = BrokerError(.unauthorized, "refused")

    private var waitingLines: [String] { log.lines.filter { $0.contains("Waiting for") } }

    @Test func triesUntilItWorksAndSaysSoOnce() async throws {
        let owner = Owner(quick, log, [down, down, down, nil])
        await owner.start()
        await owner.wait(for: .connected)
        #expect(await owner.attempts == 4)
        #expect(waitingLines.count == 1 && waitingLines[0].contains("Waiting for the broker"))
        #expect(waitingLines[0].contains("unavailable") && waitingLines[0].contains("down"))
        await owner.start()
        #expect(await owner.attempts == 4)
        await owner.stop()
    }

    @Test func aMissingQueueIsWaitedFor() async throws {
        let owner = Owner(quick, log, [BrokerError(.topology, "no queue"), nil])
        await owner.start()
        await owner.wait(for: .connected)
        #expect(waitingLines.count == 1 && waitingLines[0].contains("Waiting for the queue"))
        await owner.stop()
    }

    @Test func credentialsThatNeverWorkedEndTheWaitingUntilSomebodyWantsItAgain() async throws {
        let owner = Owner(endless, log, [refused, refused, nil])
        for _ in 1...2 {
            await owner.start()
            await owner.wait(for: .gaveUp)
        }
        // At once: no pause is left over.
        await owner.start()
        await owner.wait(for: .connected)
        #expect(await owner.attempts == 3 && waitingLines.isEmpty)
        await owner.stop()
    }

    @Test func credentialsThatWorkedOnceAreTriedAgain() async throws {
        let owner = Owner(quick, log, [nil, refused, nil])
        try await owner.attempt()
        await owner.wait(for: .connected)
        await owner.lose()
        await owner.wait(for: .connected)
        #expect(await owner.attempts == 3)
        #expect(waitingLines.count == 1 && waitingLines[0].contains("unauthorized"))
        await owner.stop()
    }

    @Test func allWhoWantAnAttemptShareOne() async throws {
        let owner = Owner(quick, log, [down, nil], isHeld: true)
        let callers = (0..<5).map { _ in Task { try await owner.attempt() } }
        for _ in callers { await owner.wait(for: .asked) }
        await owner.release()
        for caller in callers {
            let result = await caller.result
            #expect(throws: BrokerError.self) { try result.get() }
        }
        #expect(await owner.attempts == 1)
        try await owner.attempt()
        #expect(await owner.attempts == 2)
        await owner.stop()
    }

    @Test func stoppingEndsAPauseAtOnce() async throws {
        let isGone = Signal()
        var owner: Owner? = Owner(endless, log, [nil], isGone: isGone)
        await owner?.start(after: down)
        // The task that pauses holds on to its owner.
        await owner?.stop()
        #expect(await owner?.attempts == 0)
        await owner?.start()
        owner = nil
        #expect(await isGone.wait())
    }

    /// A broker that takes connections and drops them at once must not be hammered.
    @Test func aConnectionLostInTheMomentItIsMadeIsPausedAfter() async throws {
        let owner = Owner(.milliseconds(60) ... .milliseconds(90), log, [nil, nil], losesFirst: true)
        let began = ContinuousClock.now
        await owner.start()
        await owner.wait(for: .connected)
        await owner.wait(for: .connected)
        #expect(began.duration(to: .now) >= .milliseconds(60))
        #expect(await owner.attempts == 2)
        await owner.stop()
    }
}

/// Attempts that go by script.
private actor Owner: Reconnecting {
    enum Event { case asked, connected, gaveUp }

    private(set) var isConnected = false
    private(set) var attempts = 0
    private var outcomes: [BrokerError?]
    private var isHeld: Bool
    private var losesNext: Bool
    private let isGone: Signal?
    private let reconnector: Reconnector<Owner>
    private var holder: CheckedContinuation<Void, Never>?
    private nonisolated let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    /// - Parameter outcomes: of the attempts in a row; nil where one succeeds.
    init(
        _ delays: ClosedRange<Duration>, _ log: LogRecorder, _ outcomes: [BrokerError?], isHeld: Bool = false,
        losesFirst: Bool = false, isGone: Signal? = nil
    ) {
        self.outcomes = outcomes
        self.isHeld = isHeld
        self.isGone = isGone
        losesNext = losesFirst
        reconnector = Reconnector(delays, logger: log.logger)
        (events, continuation) = AsyncStream.makeStream()
    }

    deinit { isGone?.send() }

    func attempt() async throws(BrokerError) {
        continuation.yield(.asked)
        try await reconnector.attempt(for: self)
    }

    func start(after error: BrokerError? = nil) { reconnector.start(after: error, for: self) }

    func stop() { reconnector.stop() }

    func lose() {
        isConnected = false
        reconnector.start(after: BrokerError(.connectionLost, "lost"), for: self)
    }

    func release() {
        isHeld = false
        holder?.resume()
        holder = nil
    }

    nonisolated func wait(for event: Event) async {
        for await next in events where next == event { return }
    }

    func open() async throws(BrokerError) {
        attempts += 1
        if isHeld { await withCheckedContinuation { holder = $0 } }
        if let error = outcomes.removeFirst() { throw error }
        isConnected = true
        continuation.yield(.connected)
        if losesNext {
            losesNext = false
            lose()
        }
    }

    func giveUp(_ error: BrokerError) { continuation.yield(.gaveUp) }
}
