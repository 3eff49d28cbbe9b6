import Shared

/// A number of dead letters as the commands report it.
enum DeadCount {
    static func text(_ count: Int) -> String { count == 1 ? "1 dead letter" : "\(count) dead letters" }

    static func json(_ key: String, _ count: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { $0.member(key, count) }
        return writer.bytes
    }
}
