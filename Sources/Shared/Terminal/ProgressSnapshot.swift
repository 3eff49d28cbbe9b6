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
        var text = ""
        for detail in Detail.allCases.reversed() {
            text = parts(detail).joined(separator: "  ")
            if text.displayWidth < columns { break }
        }
        return text
    }

    /// How much is told; each adds to the one before.
    private enum Detail: Int, CaseIterable, Comparable {
        /// What is counted, and how far it is.
        case counts
        /// Counters that have counted something.
        case counters
        case time
        /// Ten cells wide.
        case shortBar
        /// Counters at zero, unit and note.
        case words
        case longBar

        static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }
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

    private func parts(_ detail: Detail) -> [String] {
        var parts = [title.terminalSafe]
        if let total, total > 0 {
            let share = min(1, Double(completed) / Double(total))
            if detail >= .shortBar { parts.append(ProgressBar.text(share, width: detail >= .longBar ? 24 : 10)) }
            parts.append("\(Int(share * 100))%".padded(toWidth: 4, onTheLeft: true))
        }
        parts.append(detail >= .words ? counted : count)
        if detail >= .time {
            if let rate { parts.append(Self.rateText(rate)) }
            parts.append(elapsed.clock)
            if let remaining { parts.append("ETA \(remaining.clock)") }
        }
        if detail >= .words {
            parts += counterParts
        } else if detail >= .counters {
            parts += counters.filter { $0.value != 0 }.map { "\($0.name) \($0.value.grouped)" }
        }
        if detail >= .words, !note.isEmpty { parts.append(note.terminalSafe) }
        return parts
    }

    private var count: String { total.map { "\(completed.grouped)/\($0.grouped)" } ?? completed.grouped }

    private var counted: String { unit.isEmpty ? count : "\(count) \(unit)" }

    private var counterParts: [String] { counters.map { "\($0.name) \($0.value.grouped)" } }

    static func rateText(_ rate: Double) -> String {
        rate >= 100 ? "\(Int(rate.rounded()).grouped)/s" : "\(Double(Int(rate * 10)) / 10)/s"
    }
}
