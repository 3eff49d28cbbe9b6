import Testing

@testable import Shared

@Suite struct BrokerErrorMappingTests {
    @Test(arguments: [
        (403, "ACCESS_REFUSED - Login was refused", BrokerError.Code.unauthorized),
        (530, "NOT_ALLOWED - vhost x not found", .unauthorized), (404, "NOT_FOUND - no queue 'x'", .topology),
        (405, "RESOURCE_LOCKED - exclusive", .topology), (406, "PRECONDITION_FAILED - inequivalent arg", .topology),
        (406, "PRECONDITION_FAILED - message size 20 is larger than configured max size 10", .tooLarge),
        (311, "CONTENT_TOO_LARGE", .tooLarge), (320, "CONNECTION_FORCED", .connectionLost),
        (505, "UNEXPECTED_FRAME", .protocolViolation),
    ])
    func replyCodesSayWhoMustAct(code: Int, text: String, expected: BrokerError.Code) {
        let error = LibraryError.refusal(replyCode: UInt16(code), text: text)
        #expect(error.code == expected)
        #expect(error.replyCode == code)
    }

    @Test func aChannelErrorFindsItsPublishing() {
        func entry(_ exchange: String, _ size: Int) -> PublisherEntry {
            let body = [UInt8](repeating: 0, count: size)
            let publishing = Publishing(
                exchange: exchange, routingKey: "k", properties: MessageProperties(), body: body)
            return PublisherEntry(number: 1, publishing: publishing, deadline: nil)
        }
        let tooLarge = LibraryError.refusal(
            replyCode: 406, text: "PRECONDITION_FAILED - message size 20 is larger than configured max size 10")
        #expect(entry("a", 20).isCulprit(of: tooLarge))
        #expect(!entry("a", 10).isCulprit(of: tooLarge))
        let missing = LibraryError.refusal(replyCode: 404, text: "NOT_FOUND - no exchange 'b' in vhost '/'")
        #expect(entry("b", 1).isCulprit(of: missing))
        #expect(!entry("a", 1).isCulprit(of: missing))
    }

    @Test func whatCannotBeFramedIsRefusedBeforeSending() {
        var publishing = Publishing(exchange: "e", routingKey: "k", properties: MessageProperties(), body: [])
        #expect(throws: Never.self) { try publishing.checkSize(maximumHeader: 1000) }
        publishing.properties.headers["x"] = .string(String(repeating: "a", count: 1000))
        #expect(throws: BrokerError.self) { try publishing.checkSize(maximumHeader: 1000) }
        publishing.properties.headers = [:]
        publishing.routingKey = String(repeating: "k", count: 256)
        #expect(throws: BrokerError.self) { try publishing.checkSize(maximumHeader: 1000) }
        publishing.routingKey = "k"
        publishing.properties.headers["deep"] = (0..<40).reduce(HeaderValue.int(1)) { value, _ in .array([value]) }
        #expect(throws: BrokerError.self) { try publishing.checkSize(maximumHeader: 100_000) }
    }

    @Test func reconnectDelaysGrowWithinTheirBounds() {
        var schedule = ReconnectSchedule(.seconds(1) ... .seconds(30))
        let lost = BrokerError(.connectionLost, "lost")
        for round in 1...40 {
            let delay = schedule.delay(after: lost)
            #expect(delay >= .seconds(1) && delay <= min(.seconds(30), .seconds(1 << min(round, 10))))
        }
        #expect(schedule.delay(after: BrokerError(.unauthorized, "no")) >= .seconds(60))
    }

    @Test func replicasThatFailedTogetherComeBackSpreadOut() {
        for failures in 1...6 {
            let delays = (0..<200).map { _ in
                var schedule = ReconnectSchedule(.seconds(1) ... .seconds(30))
                return (0..<failures).reduce(Duration.zero) { _, _ in
                    schedule.delay(after: BrokerError(.connectionLost, "lost"))
                }
            }
            let span = min(Duration.seconds(30), .seconds(1 << failures)) - .seconds(1)
            // Of 200 in a tenth of the span each, a tenth stays empty once in 10^8 runs.
            let tenths = Set(delays.map { Int(($0 - .seconds(1)) / span * 9.999_999) })
            #expect(tenths.count == 10, "after \(failures) failures")
        }
    }

    @Test func remindersComeOnceAMinuteAndWhenSomebodyMustAct() {
        var schedule = ReconnectSchedule(.seconds(1) ... .seconds(30))
        let (down, refused) = (BrokerError(.unavailable, "down"), BrokerError(.unauthorized, "no"))
        let start = ContinuousClock.now
        func isDue(_ error: BrokerError, after seconds: Int) -> Bool {
            schedule.isReminderDue(for: error, now: start + .seconds(seconds))
        }
        #expect(isDue(down, after: 0))
        #expect(!isDue(down, after: 59))
        #expect(isDue(refused, after: 59))
        #expect(!isDue(refused, after: 100))
        #expect(!isDue(down, after: 101))
        #expect(isDue(down, after: 119))
    }
}
