import TestSupport
import Testing

@testable import Shared

@Suite struct JournalRetentionTests {
    private func read(_ values: [String: String]) -> (JournalRetention, [String]) {
        var reader = SettingsReader.only(values)
        let retention = JournalRetention(from: &reader)
        return (retention, reader.faults)
    }

    @Test(arguments: [("7D", "7D"), ("90s", "90s"), ("1Y", "1Y"), ("6M", "6M"), ("12h", "12h"), ("99999m", "99999m")])
    func agesGoToTheBrokerAsTheyAre(text: String, expected: String) {
        #expect(StreamAge(text)?.text == expected)
    }

    @Test(arguments: ["7", "D", "7d", "0D", "-1D", "+1D", "07D", "1.5D", "7 D", "7DD", "100000D", "٧D", ""])
    func whatRabbitMQDoesNotKnowIsNoAge(text: String) {
        #expect(StreamAge(text) == nil)
    }

    @Test(arguments: [
        ("2GiB", 2 << 30), ("512MiB", 512 << 20), ("16777216", 16 << 20), ("16384KiB", 16 << 20), ("1TiB", 1 << 40),
    ])
    func bytesTakeUnits(text: String, expected: Int) {
        let (retention, faults) = read(["OHRA_AMQP_JOURNAL_MAX_BYTES": text])
        #expect(faults.isEmpty && retention.bytes == expected)
    }

    @Test(arguments: [
        "16777215", "2TiB", "2GB", "-1GiB", "GiB", "1.5GiB", "9999999999999999999", "9000000000GiB", "2 GiB",
    ])
    func otherBytesAreFaultsThatSayWhatIsRight(text: String) {
        let (retention, faults) = read(["OHRA_AMQP_JOURNAL_MAX_BYTES": text])
        #expect(retention == JournalRetention())
        #expect(
            faults == [
                "OHRA_AMQP_JOURNAL_MAX_BYTES must be from 16MiB to 1TiB: bytes, or a whole number with KiB, MiB, GiB or TiB"
            ])
    }

    @Test func faultyAgeIsNamed() {
        let (_, faults) = read(["OHRA_AMQP_JOURNAL_MAX_AGE": "a week"])
        #expect(faults.count == 1 && faults[0].hasPrefix("OHRA_AMQP_JOURNAL_MAX_AGE must be a whole number and a unit"))
    }

    @Test(arguments: [(16 << 20, 1 << 20), (1 << 30, 64 << 20), (2 << 30, 64 << 20), (1 << 40, 64 << 20)])
    func severalSegmentsFitIntoTheJournal(bytes: Int, segment: Int) {
        #expect(JournalRetention(bytes: bytes).segmentBytes == segment)
    }

    @Test func policyAndArgumentsCarryTheRetention() throws {
        let topology = Topology(
            prefix: "p", retention: JournalRetention(age: try #require(StreamAge("12h")), bytes: 32 << 20))
        let journal = try #require(topology.queues.first { $0.name == "p.journal" })
        let expected: [String: HeaderValue] = [
            "max-age": .string("12h"), "max-length-bytes": .int(32 << 20),
            "stream-max-segment-size-bytes": .int(2 << 20),
        ]
        #expect(topology.policy(for: journal).definition == expected)
        #expect(journal.fullArguments["x-max-age"] == .string("12h"))
    }
}
