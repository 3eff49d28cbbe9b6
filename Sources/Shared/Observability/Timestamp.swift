public import FoundationEssentials

/// A moment in UTC with milliseconds, written as RFC 3339.
public struct Timestamp: Sendable, Equatable, CustomStringConvertible {
    /// Since 1970.
    public let milliseconds: Int

    public init(milliseconds: Int) { self.milliseconds = milliseconds }

    public init(_ moment: Date) { milliseconds = Int((moment.timeIntervalSince1970 * 1000).rounded(.down)) }

    public static var now: Timestamp { Timestamp(Date.now) }

    /// `2026-11-23T05:48:56.123Z`
    public var description: String {
        let (year, month, day) = Self.date(daysSince1970: milliseconds.flooredQuotient(86_400_000))
        return "\(year)-\(Self.digits(month, 2))-\(Self.digits(day, 2))T\(clock).\(fraction)Z"
    }

    /// `05:48:56Z`
    var shortDescription: String { clock + "Z" }

    private var clock: String {
        let seconds = milliseconds.flooredQuotient(1000)
        let time = seconds - seconds.flooredQuotient(86_400) * 86_400
        return [time / 3600, time / 60 % 60, time % 60].map { Self.digits($0, 2) }.joined(separator: ":")
    }

    private var fraction: String { Self.digits(milliseconds - milliseconds.flooredQuotient(1000) * 1000, 3) }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    /// Gregorian date of a day, by https://howardhinnant.github.io/date_algorithms.html#civil_from_days.
    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}

extension Int {
    fileprivate func flooredQuotient(_ divisor: Int) -> Int {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
