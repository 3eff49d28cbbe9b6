import Shared
import Testing

@testable import Operator

@Suite struct StatusViewTests {
    private let start = ContinuousClock.now

    private func status(_ ready: Int, unacked: Int = 0, retries: Int = 0, documents: Int = 0) -> FleetStatus {
        var status = FleetStatus()
        status.queues = [
            .init(
                name: "ohra.documents", depth: QueueDepth(messages: ready, consumers: 2), unacked: unacked,
                isWork: true),
            .init(
                name: "ohra.documents.retry.30s", depth: QueueDepth(messages: retries, consumers: 0), unacked: nil,
                isWork: false),
        ]
        status.sources = [
            .init(name: "jira", lastCompleteRun: Timestamp(milliseconds: 1_764_000_000_000), documents: documents)
        ]
        status.documents = documents
        status.points = documents * 3
        return status
    }

    @Test func speedRemainingTimeAndShareComeFromTheReadingsBefore() {
        var view = StatusView()
        let first = view.lines(status(190, unacked: 10), at: start, columns: 200)
        #expect(first[1].hasPrefix("ohra.documents    190       10          2"))
        #expect(first[1].hasSuffix("0%"))
        let second = view.lines(status(90, unacked: 10, documents: 50), at: start + .seconds(5), columns: 200)
        #expect(second[1].contains("-20.0/s") && second[1].contains("0:05") && second[1].hasSuffix("50%"))
        #expect(second.last == "50 documents (+10.0/s)  150 points (+30.0/s)  0 dead letters")
        #expect(second.contains { $0.hasPrefix("jira") && $0.hasSuffix("2025-11-24T16:00:00.000Z") })
        let empty = view.lines(status(0, documents: 50), at: start + .seconds(20), columns: 200)
        #expect(empty[1].hasSuffix("idle"))
    }

    @Test func retryQueuesShowWhileTheyHoldSomething() {
        var view = StatusView()
        #expect(!view.lines(status(1), at: start, columns: 200).contains { $0.contains("retry") })
        #expect(view.lines(status(1, retries: 3), at: start, columns: 200).contains { $0.contains("retry.30s") })
    }

    @Test func oldReadingsNoLongerCount() {
        var view = StatusView()
        _ = view.lines(status(1000), at: start, columns: 200)
        _ = view.lines(status(0), at: start + .seconds(60), columns: 200)
        let lines = view.lines(status(10), at: start + .seconds(65), columns: 200)
        #expect(lines[1].contains("+2.0/s"))
    }

    @Test func whatNobodyKnowsIsAQuestionMark() {
        var status = status(1)
        status.queues[0] = .init(
            name: "ohra.documents", depth: QueueDepth(messages: 1, consumers: 0), unacked: nil, isWork: true)
        var view = StatusView()
        #expect(view.lines(status, at: start, columns: 200)[1].contains("?"))
    }
}
