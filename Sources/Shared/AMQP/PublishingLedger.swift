/// The publishings of one ``Publisher`` from their acceptance to their answer: a value, tested without a broker.
///
/// Each is in one place: it waits to be sent, is under way on the present connection, or was refused and waits for another
/// try. One that gives up leaves at once, unless it is under way: there it keeps its place, as the broker still answers it.
/// Every publishing is answered exactly once.
struct PublishingLedger {
    /// What the caller of a publishing is told.
    struct Answer {
        let number: UInt64
        /// nil when the broker has it.
        let failure: BrokerError?
    }

    private let limits: Publisher.Window
    /// Not sent, or to be sent again; oldest first.
    private var waiting = FIFO<PublisherEntry>()
    private var underWay = ConfirmWindow<PublisherEntry>()
    private var bytesUnderWay = 0
    private var refused: [PublisherEntry] = []
    private var unanswered: Set<UInt64> = []
    /// Until the first confirm on a connection only one publishing is under way: under an alarm the broker says so only
    /// after the first, and then reads nothing more.
    private var isProven = false

    init(limits: Publisher.Window) { self.limits = limits }

    /// Whether nothing accepted is unanswered.
    var isIdle: Bool { unanswered.isEmpty }

    /// Sent on the present connection and not confirmed.
    var countUnderWay: Int { underWay.count }

    /// The earliest of those unanswered; nil when none has one.
    var nextDeadline: ContinuousClock.Instant? { everything.filter(isUnanswered).compactMap(\.deadline).min() }

    /// The longest pause before ``retryRefused()``; grows with the refusals. nil when nothing is refused.
    var retryPause: Duration? {
        refused.map(\.refusals).max().map { min(.seconds(30), .milliseconds(50) * (1 << min($0, 10))) }
    }

    /// Takes a publishing on. Numbers rise from call to call.
    mutating func accept(_ entry: PublisherEntry) {
        unanswered.insert(entry.number)
        waiting.append(entry)
    }

    // MARK: Sending

    /// What to send now; nil when nothing waits or the window is full. Call ``markSent()`` once it is written.
    var next: Publishing? {
        guard let entry = waiting.first else { return nil }
        let hasRoom =
            isProven && underWay.count < limits.publishings && bytesUnderWay + entry.size <= limits.bytes
        return hasRoom || underWay.isEmpty ? entry.publishing : nil
    }

    /// ``next`` is with the broker, perhaps.
    mutating func markSent() {
        guard let entry = waiting.removeFirst() else { return }
        underWay.append(entry)
        bytesUnderWay += entry.size
    }

    /// Has everything that was refused sent again, before anything newer.
    mutating func retryRefused() {
        waiting.prepend(refused.sorted { $0.number < $1.number })
        refused = []
    }

    // MARK: What the broker says

    /// A connection that counts publishings from 1 and has confirmed none.
    mutating func connected() { isProven = false }

    mutating func confirmed(_ tag: UInt64, multiple: Bool) -> [Answer] {
        settle(tag, multiple).compactMap { entry, isReturned in
            answer(entry, isReturned ? .unroutable(entry.publishing) : nil)
        }
    }

    mutating func rejected(_ tag: UInt64, multiple: Bool) -> [Answer] {
        settle(tag, multiple).compactMap { entry, isReturned in
            if isReturned { return answer(entry, .unroutable(entry.publishing)) }
            guard isUnanswered(entry) else { return nil }
            var entry = entry
            entry.refusals += 1
            refused.append(entry)
            return nil
        }
    }

    /// The confirm for the same publishing follows.
    ///
    /// - Returns: false when no such publishing is under way.
    mutating func returned(_ returned: ReturnedPublishing) -> Bool {
        underWay.markReturned { $0.matches(returned) }
    }

    /// What is under way may or may not be with the broker: it is to be sent again, but for one that the broker closed the
    /// channel over; it would do so for ever.
    mutating func connectionLost(_ error: BrokerError) -> [Answer] {
        let unconfirmed = underWay.reset()
        bytesUnderWay = 0
        var answers: [Answer] = []
        if [.tooLarge, .topology, .unauthorized].contains(error.code) {
            let culprits = unconfirmed.filter { $0.isCulprit(of: error) }
            answers = (culprits.isEmpty ? Array(unconfirmed.prefix(1)) : culprits).compactMap { answer($0, error) }
        }
        waiting.prepend(unconfirmed.filter(isUnanswered))
        return answers
    }

    // MARK: Giving up

    mutating func cancel(_ number: UInt64, _ failure: BrokerError) -> [Answer] {
        giveUp(failure: { _ in failure }, where: { $0.number == number })
    }

    /// Gives up what is past its deadline.
    ///
    /// - Parameter failure: for a publishing that was refused so many times.
    mutating func expire(at now: ContinuousClock.Instant, failure: (_ refusals: Int) -> BrokerError) -> [Answer] {
        giveUp(failure: { failure($0.refusals) }, where: { $0.deadline.map { $0 <= now } ?? false })
    }

    mutating func failAll(_ failure: BrokerError) -> [Answer] {
        giveUp(failure: { _ in failure }, where: { _ in true })
    }

    private mutating func giveUp(
        failure: (PublisherEntry) -> BrokerError, where isLeaving: (PublisherEntry) -> Bool
    ) -> [Answer] {
        let answers = everything.filter(isLeaving).compactMap { answer($0, failure($0)) }
        guard !answers.isEmpty else { return [] }
        let unanswered = unanswered
        waiting.removeAll { !unanswered.contains($0.number) }
        refused.removeAll { !unanswered.contains($0.number) }
        return answers
    }

    // MARK: Parts

    private var everything: [PublisherEntry] { underWay.elements + refused + waiting.elements }

    private func isUnanswered(_ entry: PublisherEntry) -> Bool { unanswered.contains(entry.number) }

    private mutating func answer(_ entry: PublisherEntry, _ failure: BrokerError?) -> Answer? {
        unanswered.remove(entry.number).map { Answer(number: $0, failure: failure) }
    }

    private mutating func settle(_ tag: UInt64, _ multiple: Bool) -> [(element: PublisherEntry, isReturned: Bool)] {
        isProven = true
        let settled = underWay.settle(tag: tag, multiple: multiple)
        for (entry, _) in settled { bytesUnderWay -= entry.size }
        return settled
    }
}

extension BrokerError {
    fileprivate static func unroutable(_ publishing: Publishing) -> BrokerError {
        BrokerError(
            .unroutable, "no queue is bound to exchange '\(publishing.exchange)' for key '\(publishing.routingKey)'")
    }
}
