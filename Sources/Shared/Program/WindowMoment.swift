public import ArgumentParser
public import FoundationEssentials

/// The start or end of a window as people type it: `2025-01-01`, `2025-01-01T09:00`, or RFC 3339.
public struct WindowMoment: Sendable {
    public let date: Date
    /// The text named no zone and was read as UTC.
    public let hadNoZone: Bool

    public init?(_ text: String) {
        let hasTime = text.contains("T") || text.contains(" ")
        let hasZone = hasTime && (text.hasSuffix("Z") || text.dropFirst(10).contains { $0 == "+" || $0 == "-" })
        hadNoZone = !hasZone
        var whole = text.replacing(" ", with: "T")
        if !hasTime { whole += "T00:00:00" }
        // RFC 3339 wants seconds; people leave them out.
        if hasTime, !hasZone, whole.count == 16 { whole += ":00" }
        if !hasZone { whole += "Z" }
        let plain = Date.ISO8601FormatStyle(timeZoneSeparator: .colon)
        let fractional = Date.ISO8601FormatStyle(timeZoneSeparator: .colon, includingFractionalSeconds: true)
        guard let date = (try? plain.parse(whole)) ?? (try? fractional.parse(whole)) else { return nil }
        self.date = date
    }

    /// Reads the value of an option.
    ///
    /// - Throws: `ValidationError` naming the option and what it takes.
    public init(_ text: String, of option: String) throws(ValidationError) {
        guard let moment = WindowMoment(text) else {
            throw ValidationError(
                "\(option) \(text): expected a date such as 2025-01-01 or a moment such as 2025-01-01T09:00:00+09:00")
        }
        self = moment
    }
}
