import Shared
import Synchronization
import Testing

@Suite struct RetryAfterTests {
    @Test(arguments: [
        ("0", 0.0), ("5", 5), (" 7 ", 7), ("1.5", 1.5), ("-3", 0), ("99999999999999999999", 86_400),
        ("1000000", 86_400),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 7), ("Sun, 06 Nov 1994 08:49:29 GMT", 0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
    ])
    func readsSecondsAndDates(value: String, seconds: Double) {
        #expect(RetryAfter.parse(value, now: 784_111_770) == .milliseconds(Int(seconds * 1000)))
    }

    @Test(arguments: [
        "", "NaN", "inf", "0x10", "1e3", "soon", "--1", "1 2", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 8h GMT",
        "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:-7 GMT",
    ])
    func otherTextIsNoWait(value: String) { #expect(RetryAfter.parse(value, now: 0) == nil) }
}

@Suite struct RetryPolicyTests {
    struct Failure: Error, Equatable { var advice: RetryPolicy.Advice }

    let policy = RetryPolicy(
        maximumAttempts: 4, firstDelay: .seconds(1), maximumDelay: .seconds(3), budget: .seconds(10),
        maximumRetryAfter: .seconds(30))

    @Test func waitsGrowToTheirLimit() {
        let waits = (1...4).map { policy.delay(afterAttempt: $0, elapsed: .zero, advice: .retry(), jitter: { $0 }) }
        #expect(waits == [.seconds(1), .seconds(2), .seconds(3), nil])
    }

    @Test func jitterPicksUpToTheLimit() {
        for _ in 0..<1000 {
            #expect((Duration.zero...(.seconds(2))).contains(RetryPolicy.fullJitter(.seconds(2))))
        }
    }

    @Test func budgetEndsTheAttempts() {
        #expect(policy.delay(afterAttempt: 1, elapsed: .seconds(9.5), advice: .retry(), jitter: { $0 }) == nil)
        #expect(policy.delay(afterAttempt: 1, elapsed: .seconds(9), advice: .retry(), jitter: { $0 }) == .seconds(1))
    }

    @Test func askedWaitIsKeptOrGivenUp() {
        #expect(
            policy.delay(afterAttempt: 1, elapsed: .seconds(60), advice: .retry(after: .seconds(30))) == .seconds(30))
        #expect(policy.delay(afterAttempt: 1, elapsed: .zero, advice: .retry(after: .seconds(31))) == nil)
        #expect(policy.delay(afterAttempt: 1, elapsed: .zero, advice: .giveUp) == nil)
    }

    @Test func repeatsUntilSuccess() async throws {
        let clock = ManualClock()
        let result = try await policy.run(clock: clock, jitter: { $0 }, advice: \.advice) { attempt throws(Failure) in
            if attempt < 3 { throw Failure(advice: .retry(after: attempt == 2 ? .seconds(20) : nil)) }
            return attempt
        }
        #expect(result == 3)
        #expect(clock.sleeps == [.seconds(1), .seconds(20)])
    }

    @Test func throwsTheLastFailure() async {
        let clock = ManualClock()
        await #expect(throws: Failure(advice: .giveUp)) {
            try await policy.run(clock: clock, jitter: { $0 }, advice: \.advice) { attempt throws(Failure) in
                throw Failure(advice: attempt == 2 ? .giveUp : .retry())
            }
        }
        #expect(clock.sleeps == [.seconds(1)])
    }

    @Test func cancellationEndsTheWait() async {
        let task = Task {
            try await RetryPolicy(
                maximumAttempts: 3, firstDelay: .seconds(600), maximumDelay: .seconds(600), budget: .seconds(9999)
            )
            .run(jitter: { $0 }, advice: \.advice) { attempt throws(Failure) in
                withUnsafeCurrentTask { $0?.cancel() }
                throw Failure(advice: .retry())
            }
        }
        await #expect(throws: Failure(advice: .retry())) { try await task.value }
    }
}

/// A clock that only moves when somebody sleeps.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Swift.Duration
        func advanced(by duration: Swift.Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Swift.Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex((now: Swift.Duration.zero, sleeps: [Swift.Duration]()))

    var now: Instant { Instant(offset: state.withLock { $0.now }) }
    let minimumResolution = Swift.Duration.nanoseconds(1)
    /// Every sleep so far.
    var sleeps: [Swift.Duration] { state.withLock { $0.sleeps } }

    func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
        state.withLock { state in
            state.sleeps.append(deadline.offset - state.now)
            state.now = deadline.offset
        }
    }
}
