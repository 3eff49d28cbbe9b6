public import FoundationEssentials

/// Moments as the fleet writes them: RFC 3339 in UTC with milliseconds.
public enum Timestamp {
    public static func rfc3339(_ moment: Date) -> String {
        moment.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
