import TestSupport
import Testing

@testable import Shared

@Suite struct PublishingLedgerTests {
    private let lost = BrokerError(.connectionLost, "lost")

    private func entry(
        _ number: UInt64, bytes: Int = 1, exchange: String = "e", deadline: ContinuousClock.Instant? = nil
    ) -> PublisherEntry {
        let publishing = Publishing(
            exchange: exchange, routingKey: "k", properties: MessageProperties(messageID: "\(number)"),
            body: [UInt8](repeating: 0, count: bytes))
        return PublisherEntry(number: number, publishing: publishing, deadline: deadline)
    }

    /// Sends all it may; the numbers sent.
    private func send(_ ledger: inout PublishingLedger) -> [String?] {
        var sent: [String?] = []
        while let next = ledger.next {
            sent.append(next.properties.messageID)
            ledger.markSent()
        }
        return sent
    }

    /// Connected and proven by number 1.
    private func proven(publishings: Int = 64, bytes: Int = 100, _ entries: PublisherEntry...) -> PublishingLedger {
        var ledger = PublishingLedger(limits: Publisher.Window(publishings: publishings, bytes: bytes))
        ledger.connected()
        ledger.accept(entry(1))
        #expect(send(&ledger) == ["1"])
        #expect(ledger.confirmed(1, multiple: false).map(\.number) == [1])
        for entry in entries { ledger.accept(entry) }
        return ledger
    }

    // MARK: The window

    @Test func oneIsUnderWayUntilTheConnectionHasConfirmedSomething() {
        var ledger = PublishingLedger(limits: Publisher.Window())
        ledger.connected()
        for number: UInt64 in 1...3 { ledger.accept(entry(number)) }
        #expect(send(&ledger) == ["1"])
        #expect(ledger.confirmed(1, multiple: false).count == 1)
        #expect(send(&ledger) == ["2", "3"])
        #expect(ledger.connectionLost(lost).isEmpty)
        ledger.connected()
        #expect(send(&ledger) == ["2"])
    }

    @Test func theWindowCountsPublishingsAndBytesAndLetsOneThroughWhateverItsSize() {
        var few = proven(publishings: 2, entry(2), entry(3), entry(4))
        #expect(send(&few) == ["2", "3"])
        var small = proven(bytes: 100, entry(2, bytes: 60), entry(3, bytes: 40), entry(4, bytes: 101))
        #expect(send(&small) == ["2", "3"])
        #expect(small.confirmed(3, multiple: true).map(\.number) == [2, 3])
        #expect(send(&small) == ["4"])
    }

    // MARK: Lost connections

    @Test func whatIsUnansweredIsSentAgainInOrderBeforeAnythingNewer() {
        var ledger = proven(publishings: 3, entry(2), entry(3), entry(4), entry(5))
        #expect(send(&ledger) == ["2", "3", "4"])
        #expect(ledger.confirmed(3, multiple: false).map(\.number) == [3])
        #expect(ledger.connectionLost(lost).isEmpty)
        ledger.connected()
        #expect(send(&ledger) == ["2"])
        #expect(ledger.confirmed(1, multiple: false).map(\.number) == [2])
        #expect(send(&ledger) == ["4", "5"])
    }

    @Test func aPublishingThatClosesTheChannelFailsAloneAndIsNotSentAgain() {
        let missing = BrokerError(.topology, "NOT_FOUND - no exchange 'gone' in vhost '/'", replyCode: 404)
        var named = proven(entry(2), entry(3, exchange: "gone"), entry(4))
        #expect(send(&named) == ["2", "3", "4"])
        #expect(named.connectionLost(missing).map(\.number) == [3])
        named.connected()
        #expect(send(&named) == ["2"])
        // Not named: the oldest.
        var unnamed = proven(entry(2), entry(3))
        #expect(send(&unnamed) == ["2", "3"])
        let answers = unnamed.connectionLost(BrokerError(.topology, "PRECONDITION_FAILED"))
        #expect(answers.map(\.number) == [2] && answers.first?.failure?.code == .topology)
    }

    // MARK: Refusals

    @Test func whatIsRefusedIsSentAgainLaterAndLater() {
        var ledger = proven(entry(2), entry(3))
        #expect(ledger.retryPause == nil)
        #expect(send(&ledger) == ["2", "3"])
        #expect(ledger.rejected(3, multiple: true).isEmpty)
        #expect(ledger.retryPause == .milliseconds(100))
        #expect(send(&ledger).isEmpty && !ledger.isIdle)
        ledger.accept(entry(4))
        ledger.retryRefused()
        #expect(ledger.retryPause == nil)
        #expect(send(&ledger) == ["2", "3", "4"])
        for tag: UInt64 in 6...40 {
            #expect(ledger.rejected(tag - 2, multiple: false).isEmpty)
            ledger.retryRefused()
            #expect(send(&ledger).count == 1)
        }
        #expect(ledger.rejected(0, multiple: true).isEmpty)
        #expect(ledger.retryPause == .seconds(30))
    }

    @Test func whatIsReturnedIsUnroutableWhateverTheConfirmSays() {
        var ledger = proven(entry(2), entry(3), entry(4))
        #expect(send(&ledger).count == 3)
        func returned(_ number: UInt64) -> ReturnedPublishing {
            ReturnedPublishing(exchange: "e", routingKey: "k", messageID: "\(number)", bodySize: 1)
        }
        let areFound = [2, 3, 9].map { ledger.returned(returned($0)) }
        #expect(areFound == [true, true, false])
        #expect(ledger.confirmed(2, multiple: false).map(\.failure?.code) == [.unroutable])
        #expect(ledger.rejected(4, multiple: true).map(\.failure?.code) == [.unroutable])
        #expect(ledger.retryPause != nil)
    }

    // MARK: Giving up

    @Test func whoGivesUpIsNotSentAndAnswersThatStillComeAreNobodys() {
        var ledger = proven(publishings: 2, entry(2), entry(3), entry(4), entry(5))
        let cancelled = BrokerError(.cancelled, "cancelled")
        #expect(send(&ledger) == ["2", "3"])
        for number: UInt64 in [2, 4] { #expect(ledger.cancel(number, cancelled).map(\.number) == [number]) }
        #expect(ledger.cancel(4, cancelled).isEmpty)
        // Keeps its place: the broker's count goes on.
        #expect(ledger.countUnderWay == 2)
        #expect(ledger.confirmed(2, multiple: false).isEmpty)
        #expect(send(&ledger) == ["5"])
        #expect(ledger.cancel(5, cancelled).map(\.number) == [5])
        #expect(ledger.rejected(4, multiple: false).isEmpty && ledger.retryPause == nil)
        #expect(ledger.cancel(3, cancelled).map(\.number) == [3] && ledger.isIdle)
        #expect(ledger.connectionLost(lost).isEmpty && ledger.next == nil)
    }

    @Test func deadlinesExpireWhereverThePublishingIs() {
        let start = ContinuousClock.now
        func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }
        var ledger = proven(
            publishings: 2, entry(2, deadline: at(2)), entry(3, deadline: at(3)), entry(4, deadline: at(4)), entry(5))
        #expect(send(&ledger) == ["2", "3"])
        #expect(ledger.rejected(2, multiple: false).isEmpty)
        #expect(ledger.nextDeadline == at(2))
        func expire(_ seconds: Int) -> [String] {
            ledger.expire(at: at(seconds)) { BrokerError(.refused, "\($0)") }
                .map { "\($0.number) refused \($0.failure?.message ?? "")" }
        }
        #expect(expire(1).isEmpty)
        #expect(expire(3) == ["3 refused 0", "2 refused 1"])
        #expect(ledger.nextDeadline == at(4) && ledger.retryPause == nil)
        #expect(expire(9) == ["4 refused 0"])
        #expect(ledger.nextDeadline == nil && !ledger.isIdle)
        #expect(ledger.failAll(lost).map(\.number) == [5])
        #expect(ledger.isIdle && ledger.failAll(lost).isEmpty)
    }

    // MARK: Any order

    @Test(arguments: 0..<20) func inAnyOrderOfEventsNothingIsLostOrDoubled(block: UInt64) {
        for seed in block * 20..<(block + 1) * 20 {
            var model = PublishingLedgerModel(seed: seed)
            for _ in 0..<300 { model.step() }
            model.finish()
            #expect(model.faults.isEmpty, "seed \(seed): \(model.faults.prefix(3))")
        }
    }

    @Test(arguments: 0..<50) func closingAnswersEverybody(seed: UInt64) {
        var model = PublishingLedgerModel(seed: seed)
        for _ in 0..<100 { model.step() }
        model.close()
        #expect(model.faults.isEmpty, "\(model.faults.prefix(3))")
    }
}
