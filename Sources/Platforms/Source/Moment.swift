import FoundationEssentials

/// A moment as sources write it, in whole milliseconds since 1970, UTC.
///
/// Own parser and writer: Foundation's refuses Jira's offset without a colon, rounds milliseconds through floating point,
/// and guesses where a sync must know.
struct Moment: Hashable, Comparable {
    /// Years 0001 to 9999.
    static let valid = -62_135_596_800_000...253_402_300_799_999

    let milliseconds: Int

    init?(validMilliseconds milliseconds: Int) {
        guard Self.valid.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    init(_ date: Date) {
        let exact = (date.timeIntervalSince1970 * 1000).rounded()
        milliseconds = Int(min(max(exact, Double(Self.valid.lowerBound)), Double(Self.valid.upperBound)))
    }

    /// Reads `2026-11-20T10:11:12.345+0900`, also with `Z` or `+09:00`, and without the fraction. nil for anything else.
    init?(_ text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(4, 1...9999), reader.skip("-"), let month = reader.number(2, 1...12),
            reader.skip("-"),
            let day = reader.number(2, 1...Self.days(inMonth: month, of: year)), reader.skip("T"),
            let hour = reader.number(2, 0...23), reader.skip(":"), let minute = reader.number(2, 0...59),
            reader.skip(":"),
            let second = reader.number(2, 0...59), let fraction = reader.fraction(), let offset = reader.offset(),
            reader.isAtEnd
        else { return nil }
        let days = Self.days(year, month, day)
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset * 60
        self.init(validMilliseconds: seconds * 1000 + fraction)
    }

    static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }

    /// `2026-11-20T01:11:12.345Z`
    var rfc3339: String {
        let rest = milliseconds - milliseconds.floored(by: 1000) * 1000
        return "\(day)T\(clock):\(Self.padded(secondOfDay % 60, 2)).\(Self.padded(rest, 3))Z"
    }

    /// `2026-11-20 01:11 UTC`
    var minute: String { "\(day) \(clock) UTC" }

    /// `2026-11-20`
    var day: String {
        // Hinnant, civil_from_days: http://howardhinnant.github.io/date_algorithms.html
        let shifted = milliseconds.floored(by: 86_400_000) + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch + (monthFromMarch < 10 ? 3 : -9)
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return
            "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, 2))"
    }

    private var secondOfDay: Int { milliseconds.floored(by: 1000) - milliseconds.floored(by: 86_400_000) * 86_400 }

    private var clock: String { "\(Self.padded(secondOfDay / 3600, 2)):\(Self.padded(secondOfDay / 60 % 60, 2))" }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year.floored(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func digit() -> Int? {
            guard position < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position] else { return nil }
            position += 1
            return Int(bytes[position - 1] - UInt8(ascii: "0"))
        }

        mutating func number(_ digits: Int, _ range: ClosedRange<Int>) -> Int? {
            var number = 0
            for _ in 0..<digits {
                guard let digit = digit() else { return nil }
                number = number * 10 + digit
            }
            return range.contains(number) ? number : nil
        }

        /// Milliseconds; further digits are cut.
        mutating func fraction() -> Int? {
            guard skip(".") else { return 0 }
            var milliseconds = 0
            var count = 0
            while let digit = digit() {
                if count < 3 { milliseconds = milliseconds * 10 + digit }
                count += 1
            }
            guard (1...9).contains(count) else { return nil }
            for _ in count..<max(count, 3) { milliseconds *= 10 }
            return milliseconds
        }

        /// Minutes east of Greenwich.
        mutating func offset() -> Int? {
            if skip("Z") { return 0 }
            let isWest = skip("-")
            guard isWest || skip("+"), let hours = number(2, 0...23) else { return nil }
            _ = skip(":")
            guard let minutes = number(2, 0...59) else { return nil }
            return (hours * 60 + minutes) * (isWest ? -1 : 1)
        }
    }
}

extension Int {
    fileprivate func floored(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
