import Glibc

/// Reads the `Retry-After` header (RFC 9110 §10.2.3): seconds or a date.
public enum RetryAfter {
    /// Longer waits are cut to this.
    public static let longest = Duration.seconds(86_400)

    /// How long to wait, from zero to ``longest``; nil when the value is neither a number nor a date.
    ///
    /// Fractions are accepted, a time in the past and negative seconds mean now. Of the date formats only the one that
    /// senders must use is read.
    ///
    /// - Parameter now: seconds since 1970; nil means the system's clock.
    public static func parse(_ value: String, now: Int? = nil) -> Duration? {
        let text = value.trimming { $0 == " " || $0 == "\t" }
        if let seconds = number(text) {
            return clamp(seconds)
        }
        return epoch(ofDate: text).map { clamp(Double($0 - (now ?? time(nil)))) }
    }

    private static func number(_ text: String) -> Double? {
        // `Double` alone would also take "nan", "inf" and hexadecimal.
        guard text.utf8.allSatisfy({ "0123456789.-+".utf8.contains($0) }) else { return nil }
        return Double(text)
    }

    private static func clamp(_ seconds: Double) -> Duration {
        // Compared before converting: Duration traps on numbers out of its range.
        seconds <= 0 ? .zero : seconds >= 86_400 ? longest : .milliseconds(Int((seconds * 1000).rounded(.up)))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` as seconds since 1970.
    private static func epoch(ofDate text: String) -> Int? {
        let fields = text.split(separator: " ")
        guard fields.count == 6, fields[5] == "GMT" || fields[5] == "UTC", fields[0].hasSuffix(","),
            let day = digits(fields[1], 1...31), let month = months.firstIndex(of: String(fields[2])),
            let year = digits(fields[3], 1970...9999)
        else { return nil }
        let clock = fields[4].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, let hour = digits(clock[0], 0...23), let minute = digits(clock[1], 0...59),
            let second = digits(clock[2], 0...60)
        else { return nil }
        return ((days(year, month + 1, day) * 24 + hour) * 60 + minute) * 60 + second
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func digits(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = Int(text),
            range.contains(number)
        else { return nil }
        return number
    }

    /// Days since 1970-01-01 in the Gregorian calendar (Hinnant, `days_from_civil`, for years from 1970).
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension HTTPResponse {
    /// The wait that a 429 or 503 asks for; nil without a readable `Retry-After`.
    public var retryAfter: Duration? { self[header: "retry-after"].flatMap { RetryAfter.parse($0) } }
}
