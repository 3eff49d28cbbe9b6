import Testing

@testable import Platforms

struct MomentTests {
    @Test(arguments: [
        ("2026-11-20T10:11:12.345+0900", "2026-11-20T01:11:12.345Z"),
        ("2023-02-17T09:08:30.734Z", "2023-02-17T09:08:30.734Z"),
        ("2024-02-29T23:59:59-01:30", "2024-03-01T01:29:59.000Z"),
        ("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999Z"),
        ("2000-01-01T00:00:00.5+0000", "2000-01-01T00:00:00.500Z"),
    ])
    func readsOffsetsWithAndWithoutColon(_ text: String, _ utc: String) { #expect(Moment(text)?.rfc3339 == utc) }

    @Test(arguments: [
        "", "2026-11-20", "2026-11-20T10:11:12", "2026-13-20T10:11:12Z", "2026-02-29T10:11:12Z", "2026-11-20T24:11:12Z",
        "2026-11-20T10:11:12.Z", "2026-11-20T10:11:12Z ", "2026-11-20 10:11:12Z", "+026-11-20T10:11:12Z",
        "2026-11-20T10:11:12+9",
    ])
    func refusesAnythingElse(_ text: String) { #expect(Moment(text) == nil) }

    @Test func writesMinutes() { #expect(Moment("2026-11-20T10:11:12.345+0900")?.minute == "2026-11-20 01:11 UTC") }
}
