import Testing

@testable import Shared

@Suite struct AcknowledgementLedgerTests {
    private typealias Acknowledgement = AcknowledgementLedger.Acknowledgement

    private func ledger(_ count: UInt64) -> AcknowledgementLedger {
        var ledger = AcknowledgementLedger()
        for tag in 1...count { #expect(ledger.deliver(tag) == true) }
        return ledger
    }

    @Test func onlyARunWithoutOpenDeliveriesIsCombined() {
        var ledger = ledger(5)
        for tag in [1, 2, 4] as [UInt64] { #expect(ledger.acknowledge(tag) == true) }
        #expect(
            ledger.takeAcknowledgements() == [
                Acknowledgement(tag: 2, multiple: true), Acknowledgement(tag: 4, multiple: false),
            ])
        #expect(ledger.acknowledge(3) == true)
        #expect(ledger.takeAcknowledgements() == [Acknowledgement(tag: 3, multiple: false)])
        #expect(ledger.takeAcknowledgements() == [])
    }

    @Test func handedBackDeliveriesDoNotBreakARun() {
        var ledger = ledger(3)
        #expect(ledger.settle(2) == true)
        #expect(ledger.acknowledge(1) == true)
        #expect(ledger.acknowledge(3) == true)
        #expect(ledger.takeAcknowledgements() == [Acknowledgement(tag: 3, multiple: true)])
    }

    @Test func aSecondAnswerAndASkippedTagAreRefused() {
        var ledger = ledger(2)
        #expect(ledger.acknowledge(1) == true)
        #expect(ledger.acknowledge(1) == false)
        #expect(ledger.settle(1) == false)
        #expect(ledger.acknowledge(7) == false)
        #expect(ledger.deliver(9) == false)
    }

    @Test func everyTagIsAcknowledgedOnceUnderRandomOrder() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var ledger = ledger(60)
            var acknowledged: [UInt64: Int] = [:]
            var answered: Set<UInt64> = []
            for tag in (1...60 as ClosedRange<UInt64>).shuffled(using: &generator) {
                answered.insert(tag)
                #expect(ledger.acknowledge(tag) == true)
                guard Bool.random(using: &generator) || answered.count == 60 else { continue }
                for item in ledger.takeAcknowledgements() {
                    let covered = item.multiple ? (1...item.tag).filter { acknowledged[$0] == nil } : [item.tag]
                    #expect(covered.allSatisfy(answered.contains))
                    for tag in covered { acknowledged[tag, default: 0] += 1 }
                }
            }
            #expect(acknowledged.count == 60 && acknowledged.values.allSatisfy { $0 == 1 })
        }
    }
}
