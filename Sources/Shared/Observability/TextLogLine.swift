import Logging

/// Writes a record for people: time, level, message, then `key=value` sorted by key.
enum TextLogLine {
    static func encode(_ record: LogRecord, limit: Int, terminal: Terminal) -> [UInt8] {
        // Somebody who looks at a terminal knows the day.
        let time = terminal.isInteractive ? record.time.shortDescription : record.time.description
        let level = record.level.rawValue.uppercased().padded(toWidth: 8)
        let styledLevel = record.level.style.map { terminal.styled(level, $0) } ?? level
        var line = "\(terminal.styled(time, .faint)) \(styledLevel) \(record.service): "
        line += record.message.cleaned(upTo: limit)
        for key in record.metadata.keys.sorted() {
            guard let value = record.metadata[key] else { continue }
            let name = terminal.styled(key.cleaned(upTo: 128) + "=", .faint)
            line += "  " + name + quoted("\(value)".cleaned(upTo: limit))
        }
        return Array(line.utf8)
    }

    /// Quoted where the end of the value could not be told otherwise.
    private static func quoted(_ text: String) -> String {
        guard text.isEmpty || text.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return text }
        return "\"" + text.map { $0 == "\"" ? "\\\"" : String($0) }.joined() + "\""
    }
}

extension Logger.Level {
    fileprivate var style: TextStyle? {
        switch self {
        case .trace, .debug: .faint
        case .info: .green
        case .notice: .cyan
        case .warning: .yellow
        case .error, .critical: .red
        }
    }
}
