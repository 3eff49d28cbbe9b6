import TestSupport

@testable import Shared

/// A ledger between a broker and callers that do anything allowed at any moment, and a book of what must come of it.
struct PublishingLedgerModel {
    private enum Fate {
        /// To be sent, for the first time or again.
        case due
        case underWay
        /// Negatively confirmed: due once the ledger is told to try again.
        case refused
        case answered
    }

    private struct Sent {
        var number: UInt64
        var isReturned = false
        var isSettled = false
    }

    private static let limits = Publisher.Window(publishings: 5, bytes: 100)
    private static let start = ContinuousClock.now

    /// What went wrong, in words.
    private(set) var faults: [String] = []
    private var ledger = PublishingLedger(limits: limits)
    private var generator: SeededGenerator
    private var fates: [UInt64: Fate] = [:]
    private var entries: [UInt64: PublisherEntry] = [:]
    /// By tag, on the present connection.
    private var sent: [Sent] = []
    private var isConnected = false
    private var isProven = false
    private var lastFirst: UInt64 = 0
    private var now = 0

    init(seed: UInt64) { generator = SeededGenerator(state: seed) }

    // MARK: Events

    /// One event, any that may happen now.
    mutating func step() {
        now += 1
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<5: accept()
        case 5..<9 where isConnected: send()
        case 9..<14 where isConnected: settle(isRefusal: false)
        case 14 where isConnected: settle(isRefusal: true)
        case 15 where isConnected: returnOne()
        case 16: isConnected ? lose() : connect()
        case 17: retry()
        case 18: cancel()
        case 19: expire()
        default: if !isConnected { connect() }
        }
        check()
    }

    /// A broker that takes everything: all that is unanswered must reach it now.
    mutating func finish() {
        for _ in 0..<1000 where !ledger.isIdle {
            if !isConnected { connect() }
            retry()
            send()
            if isConnected { answer(confirm(0, multiple: true, isRefusal: false)) }
            check()
        }
        for (number, fate) in fates where fate != .answered { faults.append("\(number) is lost: \(fate)") }
    }

    mutating func close() {
        let error = BrokerError(.cancelled, "closed")
        let open = fates.filter { $0.value != .answered }.keys
        let answers = ledger.failAll(error)
        if Set(answers.map(\.number)) != Set(open) || answers.count != open.count { faults.append("close: \(answers)") }
        if !ledger.isIdle || ledger.next != nil { faults.append("not idle after the close") }
        if !ledger.connectionLost(error).isEmpty { faults.append("answered after the close") }
        if ledger.next != nil || ledger.retryPause != nil || ledger.nextDeadline != nil { faults.append("not empty") }
    }

    private mutating func accept() {
        let number = UInt64(entries.count + 1)
        let exchange = Bool.random(using: &generator) ? "a" : "b"
        // Now and then more than the window takes.
        let size = Int.random(in: 0..<20, using: &generator) == 0 ? 120 : Int.random(in: 0...40, using: &generator)
        let publishing = Publishing(
            exchange: exchange, routingKey: "k", properties: MessageProperties(messageID: "\(number)"),
            body: [UInt8](repeating: 0, count: size))
        let patience = Int.random(in: 0...80, using: &generator)
        let entry = PublisherEntry(
            number: number, publishing: publishing,
            deadline: patience < 40 ? nil : Self.start + .seconds(now + patience))
        (entries[number], fates[number]) = (entry, .due)
        ledger.accept(entry)
    }

    private mutating func connect() {
        (isConnected, isProven, sent) = (true, false, [])
        ledger.connected()
    }

    private mutating func send() {
        while let next = ledger.next {
            // Writing may fail, with nothing known; the close of the connection comes first then.
            if Int.random(in: 0..<40, using: &generator) == 0 { return lose() }
            send(next)
        }
        let due = fates.filter { $0.value == .due }.compactMap { entries[$0.key]?.size }
        if let largest = due.max(), hasRoom(for: largest) { faults.append("something due is not sent") }
    }

    private mutating func send(_ publishing: Publishing) {
        let number = publishing.properties.messageID.flatMap { UInt64($0) } ?? 0
        if fates[number] != .due { faults.append("\(number) is sent while \(String(describing: fates[number]))") }
        if !hasRoom(for: publishing.body.count) {
            faults.append("\(number) is sent beyond the window")
        }
        if number > lastFirst {
            if let older = fates.filter({ $0.value == .due && $0.key < number }).keys.min() {
                faults.append("\(number) is sent before \(older)")
            }
            lastFirst = number
        }
        fates[number] = .underWay
        sent.append(Sent(number: number))
        ledger.markSent()
    }

    private func hasRoom(for size: Int) -> Bool {
        let underWay = sent.filter { !$0.isSettled }
        let bytes = underWay.reduce(size) { $0 + (entries[$1.number]?.size ?? 0) }
        return underWay.isEmpty
            || isProven && underWay.count < Self.limits.publishings && bytes <= Self.limits.bytes
    }

    private mutating func settle(isRefusal: Bool) {
        // Also tags that were never sent or are settled already.
        let tag = UInt64.random(in: 0...UInt64(sent.count + 1), using: &generator)
        answer(confirm(tag, multiple: Int.random(in: 0..<3, using: &generator) == 0, isRefusal: isRefusal))
    }

    private mutating func returnOne() {
        guard let number = sent.randomElement(using: &generator)?.number, let entry = entries[number] else { return }
        // One that was refused may be under way a second time.
        let index = sent.firstIndex { $0.number == number && !$0.isSettled && !$0.isReturned }
        let isFound = ledger.returned(
            ReturnedPublishing(
                exchange: entry.publishing.exchange, routingKey: "k", messageID: "\(number)", bodySize: entry.size))
        if isFound != (index != nil) { faults.append("return of \(number)") }
        if let index { sent[index].isReturned = true }
    }

    private mutating func lose() {
        let errors: [BrokerError] = [
            BrokerError(.connectionLost, "lost"), BrokerError(.topology, "NOT_FOUND - no exchange 'a' in vhost '/'"),
            BrokerError(.tooLarge, "message size 30 is larger than configured max size 20"),
        ]
        let error = errors[Int.random(in: 0..<errors.count, using: &generator)]
        let unsettled = sent.filter { !$0.isSettled }.map(\.number)
        var culprits = unsettled.filter { entries[$0]?.isCulprit(of: error) == true }
        if culprits.isEmpty { culprits = Array(unsettled.prefix(1)) }
        if error.code == .connectionLost { culprits = [] }
        for number in unsettled where fates[number] == .underWay { fates[number] = .due }
        isConnected = false
        answer((Dictionary(uniqueKeysWithValues: culprits.map { ($0, error.code) }), ledger.connectionLost(error)))
    }

    private mutating func retry() {
        for (number, fate) in fates where fate == .refused { fates[number] = .due }
        ledger.retryRefused()
    }

    private mutating func cancel() {
        let number = UInt64.random(in: 0...UInt64(entries.count + 1), using: &generator)
        answer(([number: .cancelled], ledger.cancel(number, BrokerError(.cancelled, "cancelled"))))
    }

    private mutating func expire() {
        let instant = Self.start + .seconds(now)
        let overdue = entries.values.filter { $0.deadline.map { $0 <= instant } ?? false }.map(\.number)
        let answers = ledger.expire(at: instant) { BrokerError(.unavailable, "refused \($0) times") }
        answer((Dictionary(uniqueKeysWithValues: overdue.map { ($0, .unavailable) }), answers))
    }

    // MARK: The book

    /// What must be answered (if it is not yet) and what is.
    private typealias Outcome = (due: [UInt64: BrokerError.Code?], told: [PublishingLedger.Answer])

    private mutating func confirm(_ tag: UInt64, multiple: Bool, isRefusal: Bool) -> Outcome {
        isProven = true
        let tags: ClosedRange<UInt64> = !multiple ? tag...tag : tag == 0 ? 0 ... .max : 0...tag
        var due: [UInt64: BrokerError.Code?] = [:]
        for index in sent.indices where tags.contains(UInt64(index + 1)) && !sent[index].isSettled {
            let number = sent[index].number
            sent[index].isSettled = true
            if sent[index].isReturned {
                due[number] = .some(.unroutable)
            } else if !isRefusal {
                due[number] = .some(nil)
            } else if fates[number] == .underWay {
                fates[number] = .refused
            }
        }
        return (due, isRefusal ? ledger.rejected(tag, multiple: multiple) : ledger.confirmed(tag, multiple: multiple))
    }

    private mutating func answer(_ outcome: Outcome) {
        var due = outcome.due.filter { fates[$0.key].map { $0 != .answered } ?? false }
        for answer in outcome.told {
            guard let code = due.removeValue(forKey: answer.number) else {
                faults.append("\(answer.number) is told what it should not be")
                continue
            }
            if code != answer.failure?.code { faults.append("\(answer.number) is told \(answer)") }
            fates[answer.number] = .answered
        }
        if !due.isEmpty { faults.append("not told: \(due)") }
    }

    private mutating func check() {
        if ledger.isIdle != fates.values.allSatisfy({ $0 == .answered }) { faults.append("idle or not") }
        if ledger.countUnderWay != (isConnected ? sent.filter { !$0.isSettled }.count : 0) { faults.append("count") }
        if (ledger.retryPause != nil) != fates.values.contains(.refused) { faults.append("retry or not") }
    }
}
