/// What a progress line shows at one moment, and how it is put into words. A pure value: time comes in from outside.
struct ProgressSnapshot: Sendable, Equatable {
    var title: String
    var completed: Int
    /// nil means that nobody knows how much there is: no bar, no share, no remaining time.
    var total: Int?
    /// What is counted, in the plural: `documents`.
    var unit: String
    /// Further counters, in this order.
    var counters: [(name: String, value: Int)] = []
    /// What is being worked on.
    var note = ""
    var elapsed: Duration

    static func == (left: ProgressSnapshot, right: ProgressSnapshot) -> Bool {
        left.text(columns: .max) == right.text(columns: .max)
    }

    private static let barWidth = 24

    /// Things per second since the beginning, nil in the first half second.
    var rate: Double? { elapsed.inSeconds >= 0.5 ? Double(completed) / elapsed.inSeconds : nil }

    /// Estimated time until the total is reached, nil where that cannot be told.
    var remaining: Duration? {
        guard let total, let rate, rate > 0, completed < total, elapsed >= .seconds(2) else { return nil }
        let seconds = Double(total - completed) / rate
        return seconds < 1e6 ? .seconds(seconds) : nil
    }

    /// The line for a terminal of so many columns; parts of less weight are left out before the line is cut.
    func text(columns: Int) -> String {
        let full = parts(withBar: true).joined(separator: "  ")
        if full.displayWidth < columns { return full }
        return parts(withBar: false).joined(separator: "  ")
    }

    /// The line that stays behind: title, counts, time and mean rate.
    func summary(_ outcome: String?) -> String {
        var parts = [title.terminalSafe]
        if let outcome { parts.append(outcome.terminalSafe) }
        parts.append(counted)
        parts += counterParts
        parts.append("in \(elapsed.clock)")
        if let rate, completed > 0 { parts.append(Self.rateText(rate)) }
        return parts.joined(separator: "  ")
    }

    private func parts(withBar: Bool) -> [String] {
        var parts = [title.terminalSafe]
        if let total, total > 0 {
            let share = min(1, Double(completed) / Double(total))
            if withBar { parts.append(Self.bar(share)) }
            parts.append("\(Int(share * 100))%".padded(toWidth: 4, onTheLeft: true))
        }
        parts.append(counted)
        if let rate { parts.append(Self.rateText(rate)) }
        parts.append(elapsed.clock)
        if let remaining { parts.append("ETA \(remaining.clock)") }
        parts += counterParts
        if !note.isEmpty { parts.append(note.terminalSafe) }
        return parts
    }

    private var counted: String {
        let count = total.map { "\(completed.grouped)/\($0.grouped)" } ?? completed.grouped
        return unit.isEmpty ? count : "\(count) \(unit)"
    }

    private var counterParts: [String] { counters.map { "\($0.name) \($0.value.grouped)" } }

    private static func bar(_ share: Double) -> String {
        // Eighths of a cell, so that slow work is seen to move.
        let eighths = Int(share * Double(barWidth * 8))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let filled = String(repeating: "█", count: eighths / 8) + partial
        return "▕" + filled.padded(toWidth: barWidth) + "▏"
    }

    private static func rateText(_ rate: Double) -> String {
        rate >= 100 ? "\(Int(rate.rounded()).grouped)/s" : "\(Double(Int(rate * 10)) / 10)/s"
    }
}

extension Duration {
    /// As a number of seconds.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }

    /// `0:07`, `12:34` or `1:02:03`.
    var clock: String {
        let seconds = max(0, Int(components.seconds))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let hours = seconds / 3600
        let minutes = seconds / 60 % 60
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
    }
}

extension Int {
    /// With commas between thousands.
    var grouped: String {
        var digits = String(magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (self < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }
}
