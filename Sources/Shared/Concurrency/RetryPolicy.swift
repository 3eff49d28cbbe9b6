/// How often and after which waits a passing fault is tried again in-process.
///
/// Waits have full jitter: a uniformly random share of an exponentially growing limit, so that replicas that failed
/// together do not come back together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
/// A wait that the peer asked for (`Retry-After`) replaces the computed one.
public struct RetryPolicy: Sendable, Equatable {
    /// What a failure calls for.
    public enum Advice: Sendable, Equatable {
        case giveUp
        /// Try again, after the wait that the peer asked for if it named one.
        case retry(after: Duration? = nil)
    }

    /// Attempts in all, the first included.
    public var maximumAttempts: Int
    /// Limit of the wait after the first attempt; it doubles with each further one.
    public var firstDelay: Duration
    /// Limit of any computed wait.
    public var maximumDelay: Duration
    /// No attempt starts later than this after the first one. Waits that the peer asked for do not count.
    public var budget: Duration
    /// A peer that asks for a longer wait gets no further attempt; the caller learns of it from the failure.
    public var maximumRetryAfter: Duration

    public init(
        maximumAttempts: Int = 3, firstDelay: Duration = .milliseconds(500), maximumDelay: Duration = .seconds(30),
        budget: Duration = .seconds(60), maximumRetryAfter: Duration = .seconds(30)
    ) {
        self.maximumAttempts = maximumAttempts
        self.firstDelay = firstDelay
        self.maximumDelay = maximumDelay
        self.budget = budget
        self.maximumRetryAfter = maximumRetryAfter
    }

    /// One attempt only.
    public static let never = RetryPolicy(maximumAttempts: 1)

    /// A uniformly random share of `limit`.
    public static func fullJitter(_ limit: Duration) -> Duration { limit * Double.random(in: 0...1) }

    /// The wait before the next attempt; nil when there is none.
    ///
    /// - Parameters:
    ///   - attempt: the one that failed, from 1.
    ///   - elapsed: time since the first attempt began, without waits that the peer asked for.
    ///   - jitter: picks a wait up to a limit.
    public func delay(
        afterAttempt attempt: Int, elapsed: Duration, advice: Advice, jitter: (Duration) -> Duration = fullJitter
    ) -> Duration? {
        guard case .retry(let asked) = advice, attempt < maximumAttempts else { return nil }
        if let asked { return asked <= maximumRetryAfter ? asked : nil }
        let limit = min(maximumDelay, firstDelay * (1 << min(max(attempt, 1) - 1, 30)))
        let delay = jitter(limit)
        return elapsed + delay <= budget ? delay : nil
    }

    /// Calls `operation` until it succeeds or no attempt is left.
    ///
    /// **Isolation**: the caller's. **Errors**: the last failure; also when the task is cancelled while waiting.
    ///
    /// - Parameters:
    ///   - clock: measures and sleeps; a test's own clock needs no real time.
    ///   - advice: judges a failure.
    ///   - operation: gets the attempt's number, from 1.
    public func run<Value, Failure: Error, C: Clock>(
        clock: C = ContinuousClock(), isolation: isolated (any Actor)? = #isolation,
        jitter: (Duration) -> Duration = fullJitter, advice: (Failure) -> Advice,
        operation: (_ attempt: Int) async throws(Failure) -> Value
    ) async throws(Failure) -> Value where C.Duration == Duration {
        let start = clock.now
        var asked = Duration.zero
        var attempt = 1
        while true {
            do throws(Failure) {
                return try await operation(attempt)
            } catch let failure {
                let advice = advice(failure)
                let elapsed = start.duration(to: clock.now) - asked
                guard let delay = delay(afterAttempt: attempt, elapsed: elapsed, advice: advice, jitter: jitter) else {
                    throw failure
                }
                if case .retry(after: .some) = advice { asked += delay }
                do { try await clock.sleep(until: clock.now.advanced(by: delay), tolerance: nil) } catch {
                    throw failure
                }
                attempt += 1
            }
        }
    }
}
