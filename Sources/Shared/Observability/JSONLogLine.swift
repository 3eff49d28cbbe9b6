import Logging

/// Writes a record as one JSON object: `time`, `level`, `logger`, `service`, `message`, then the metadata sorted by key.
enum JSONLogLine {
    private static let reserved: Set<String> = ["time", "level", "logger", LogKey.service, "message"]
    /// Nesting and members beyond these are left out: metadata is for a few facts, not for data.
    private static let maximumDepth = 4
    private static let maximumMembers = 32

    static func encode(_ record: LogRecord, limit: Int) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        writer.object { writer in
            writer.member("time", record.time.description)
            writer.member("level", record.level.rawValue)
            writer.member("logger", record.logger.cleaned(upTo: 128))
            writer.member(LogKey.service, record.service)
            writer.member("message", record.message.cleaned(upTo: limit))
            for key in record.metadata.keys.sorted() {
                guard let value = record.metadata[key] else { continue }
                // A key given twice would make the line ambiguous.
                writer.key((reserved.contains(key) ? "metadata." + key : key).cleaned(upTo: 128))
                write(value, limit, depth: 1, to: &writer)
            }
        }
        return writer.bytes
    }

    private static func write(_ value: Logger.MetadataValue, _ limit: Int, depth: Int, to writer: inout JSONWriter) {
        guard depth <= maximumDepth else { return writer.value("…") }
        switch value {
        case .string(let text): writer.value(text.cleaned(upTo: limit))
        case .stringConvertible(let convertible): write(convertible, limit, to: &writer)
        case .array(let members):
            writer.array { writer in
                for member in members.prefix(maximumMembers) { write(member, limit, depth: depth + 1, to: &writer) }
            }
        case .dictionary(let members):
            writer.object { writer in
                for key in members.keys.sorted().prefix(maximumMembers) {
                    guard let member = members[key] else { continue }
                    writer.key(key.cleaned(upTo: 128))
                    write(member, limit, depth: depth + 1, to: &writer)
                }
            }
        @unknown default: writer.value("\(value)".cleaned(upTo: limit))
        }
    }

    /// Numbers and truth values stay what they are, so that log stores can compare them.
    private static func write(_ value: any CustomStringConvertible, _ limit: Int, to writer: inout JSONWriter) {
        switch value {
        case let number as Int: writer.value(number)
        case let number as Double: writer.value(number)
        case let flag as Bool: writer.value(flag)
        default: writer.value(value.description.cleaned(upTo: limit))
        }
    }
}
