/// A time span as RabbitMQ's `max-age` has it: a whole number and one unit, for example `7D`
/// (https://www.rabbitmq.com/docs/streams#retention).
public struct StreamAge: Sendable, Equatable {
    public static let sevenDays = StreamAge(count: 7, unit: "D")

    private let count: Int
    private let unit: Character

    /// As the broker takes it.
    public var text: String { "\(count)\(unit)" }

    private init(count: Int, unit: Character) {
        self.count = count
        self.unit = unit
    }

    /// nil for anything but a number from 1 to 99,999 (no leading zero) and one of `Y`, `M` (months), `D`, `h`, `m`
    /// (minutes), `s`.
    public init?(_ text: String) {
        guard let unit = text.last, "YMDhms".contains(unit), (2...6).contains(text.utf8.count),
            let count = Int(text.dropLast()), count > 0, String(count) == text.dropLast()
        else { return nil }
        self.init(count: count, unit: unit)
    }
}
