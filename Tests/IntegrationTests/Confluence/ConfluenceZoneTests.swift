import FoundationEssentials
import Shared
import Testing

@testable import Platforms

/// Windows find what changed within them and nothing is lost, whatever zones site and account live in, also while clocks change.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ConfluenceZoneTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let edition: AtlassianEdition
        let zone: String
        let moment: String
        let knowsNow: Bool

        var testDescription: String { "\(edition) \(zone) \(moment)\(knowsNow ? "" : " without now()")" }
    }

    static let cases = [AtlassianEdition.cloud, .datacenter].flatMap { edition in
        [
            // An ordinary day eight hours west and nine hours east.
            ("America/Los_Angeles", "2027-01-20T12:00:00Z"), ("Asia/Seoul", "2027-01-20T12:00:00Z"),
            // An hour that comes twice, one that is skipped, and the same east of Greenwich.
            ("America/Los_Angeles", "2027-11-07T09:20:00Z"), ("America/Los_Angeles", "2027-03-14T10:20:00Z"),
            ("Europe/Stockholm", "2027-10-31T01:20:00Z"),
        ].flatMap { zone, moment in
            [true, false].map { Case(edition: edition, zone: zone, moment: moment, knowsNow: $0) }
        }
    }

    @Test(arguments: cases) func anHourIsAnHour(_ test: Case) async throws {
        let moment = try #require(Moment(test.moment))
        let site = try await StandIn(at: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
        try await site.tell(
            "/clock",
            #"{"instance_zone":"\#(test.zone)","profile_zone":"\#(test.zone)","knows_now":\#(test.knowsNow)}"#)
        for (minutes, id) in [(180.0, "65601"), (55, "65605"), (20, "65609")] {
            try await site.shiftClock(by: -minutes * 60)
            try await site.tell("/pages/\(id)", #"{"append_storage":"<p>edited</p>"}"#)
        }
        try await site.tell("/pages/65613/comments", #"{"storage":"<p>asked</p>"}"#)
        try await site.shiftClock(by: 0)
        let read = try await site.source(test.edition).read(since: site.now.addingTimeInterval(-3600))
        let ids = Set(read.keys)
        if test.knowsNow {
            #expect(ids == ["65605", "65609", "65613"])
        } else {
            // By a date the window has to be wider; it is never narrower.
            #expect(ids.isSuperset(of: ["65605", "65609", "65613"]) && ids.count < 10)
        }
        for document in read.values where document.content.contains("edited") {
            let age = try #require(Moment(document.updatedAt)).milliseconds
            #expect(abs(Double(age) / 1000 - site.now.timeIntervalSince1970) < 4 * 3600)
        }
    }

    /// That the cases above can fail: a date written in UTC misses the change where the site lives west of it.
    @Test func aDateInUTCWouldLoseIt() async throws {
        let site = try await StandIn(at: Date(timeIntervalSince1970: 1_800_000_000))
        try await site.tell("/clock", #"{"instance_zone":"America/Los_Angeles"}"#)
        try await site.tell("/pages/65605", #"{"append_storage":"<p>edited</p>"}"#)
        let naive = Moment(site.now.addingTimeInterval(-3600)).minute.dropLast(4)
        #expect(try await site.searched("type = page and lastmodified >= \"\(naive)\"").isEmpty)
        #expect(try await site.searched("type = page and lastmodified >= now(\"-60m\")") == ["65605"])
    }
}
