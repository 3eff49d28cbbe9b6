import Shared
import Testing

@testable import Platforms

struct RateLimitHeadersTests {
    /// 2026-03-26T16:24:00Z
    private static let now = 1_774_542_240.0

    private func gap(_ headers: [(String, String)]) -> Duration? {
        RateLimitHeaders.gap(HTTPResponse(status: 200, headers: headers.map { (name: $0, value: $1) }), now: Self.now)
    }

    @Test func nothingToldIsNoOpinion() {
        #expect(gap([]) == nil)
        #expect(gap([("retry-after", "0")]) == nil)
    }

    @Test func dataCenterBucketIsKeptAtItsFillRate() {
        let base = [
            ("x-ratelimit-limit", "100"), ("x-ratelimit-interval-seconds", "60"), ("x-ratelimit-fillrate", "30"),
        ]
        #expect(gap(base + [("x-ratelimit-remaining", "50")]) == .zero)
        #expect(gap(base + [("x-ratelimit-remaining", "19")]) == .seconds(2))
        #expect(gap(base + [("x-ratelimit-remaining", "0"), ("retry-after", "0")]) == .seconds(2))
    }

    @Test func cloudWindowIsSpreadUntilItsResetWithAndWithoutSeconds() {
        for reset in ["2026-03-26T16:25Z", "2026-03-26T16:25:00Z"] {
            let headers = [
                ("x-ratelimit-limit", "350"), ("x-ratelimit-remaining", "20"), ("x-ratelimit-reset", reset),
            ]
            #expect(gap(headers) == .seconds(3))
        }
        #expect(gap([("x-ratelimit-limit", "350"), ("x-ratelimit-remaining", "349")]) == .zero)
        #expect(gap([("x-ratelimit-nearlimit", "true")]) == .seconds(1))
    }

    @Test func pointsQuotaIsSpreadOverItsHour() {
        let policy = ("beta-ratelimit-policy", #""tenant-app-quota";q=65000;w=3600"#)
        #expect(gap([policy, ("beta-ratelimit", #""tenant-app-quota";r=40000;t=2107"#)]) == .zero)
        #expect(gap([policy, ("beta-ratelimit", #""tenant-app-quota";r=1000;t=2000"#)]) == .seconds(200))
        #expect(gap([("beta-ratelimit", #""tenant-app-quota";r=0;t=90"#)]) == .seconds(90))
        #expect(gap([("ratelimit", "r=500; t=100"), ("x-ratelimit-nearlimit", "true")]) == .seconds(20))
    }

    @Test(arguments: ["nan", "inf", "-3", "1e400", "", "many", "0x10"]) func numbersThatAreNoneAreIgnored(
        _ text: String
    ) {
        let headers = [
            ("x-ratelimit-limit", text), ("x-ratelimit-remaining", text), ("x-ratelimit-interval-seconds", text),
            ("x-ratelimit-fillrate", text), ("beta-ratelimit", "r=\(text);t=\(text)"), ("x-ratelimit-reset", text),
        ]
        // Hexadecimal is read, but makes no gap.
        #expect(gap(headers).map { $0 <= .seconds(1) } ?? true)
    }

    @Test func hugeNumbersAreCutToADay() {
        let headers = [
            ("x-ratelimit-limit", "1e300"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-interval-seconds", "1e300"),
            ("x-ratelimit-fillrate", "1"),
        ]
        #expect(gap(headers) == .seconds(86_400))
    }
}
