import Synchronization
import Testing

@testable import Loader

@Suite struct LateWritesTests {
    /// A clock that only moves when somebody sleeps or works.
    private final class Clock: Sendable {
        private let current = Mutex(Duration.seconds(100))

        var time: LoaderTime {
            LoaderTime(now: { self.current.withLock { $0 } }, sleep: { self.advance($0) })
        }

        func advance(_ duration: Duration) { current.withLock { $0 += max(duration, .zero) } }
    }

    private func loads(
        isRedelivered: Bool, clock: Clock, late: LateWrites, _ work: @escaping (Int) -> Void = { _ in }
    ) async -> [(cleansOnly: Bool, at: Duration)] {
        let loads = Mutex<[(Bool, Duration)]>([])
        await late.covering(isRedelivered: isRedelivered) { cleansOnly in
            let count = loads.withLock {
                $0.append((cleansOnly, clock.time.now()))
                return $0.count
            }
            work(count)
        }
        return loads.withLock { $0.map { (cleansOnly: $0.0, at: $0.1) } }
    }

    @Test func aFreshMessageIsLoadedOnce() async {
        let clock = Clock()
        let loads = await loads(isRedelivered: false, clock: clock, late: LateWrites(time: clock.time))
        #expect(loads.map(\.cleansOnly) == [false])
    }

    @Test func aRedeliveredMessageIsCleanedUpAfterTheHorizon() async {
        let clock = Clock()
        let loads = await loads(isRedelivered: true, clock: clock, late: LateWrites(time: clock.time))
        #expect(loads.map(\.cleansOnly) == [false, true])
        #expect(loads[1].at - loads[0].at == LateWrites.horizon)
    }

    @Test func aRequestThatWasGivenUpOnTheWayIsWaitedFor() async {
        let clock = Clock()
        let late = LateWrites(time: clock.time)
        let loads = await loads(isRedelivered: false, clock: clock, late: late) { count in
            clock.advance(.seconds(2))
            // The clean-up loses an answer, too: it has to be done again.
            if count < 3 { late.abandoned() }
        }
        #expect(loads.map(\.cleansOnly) == [false, true, true])
        #expect(loads[1].at - loads[0].at == .seconds(2) + LateWrites.horizon)
    }

    @Test func whatWasGivenUpLongAgoHasLanded() async {
        let clock = Clock()
        let late = LateWrites(time: clock.time)
        late.abandoned()
        clock.advance(LateWrites.horizon)
        let loads = await loads(isRedelivered: false, clock: clock, late: late)
        #expect(loads.map(\.cleansOnly) == [false])
    }
}
