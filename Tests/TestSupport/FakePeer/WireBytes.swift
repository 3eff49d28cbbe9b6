/// Bytes being written by the rules of AMQP 0-9-1: big-endian numbers, short and long strings, field tables.
public struct WireBytes: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func octet(_ value: UInt8) { bytes.append(value) }
    public mutating func short(_ value: UInt16) { append(value) }
    public mutating func long(_ value: UInt32) { append(value) }
    public mutating func longlong(_ value: UInt64) { append(value) }
    public mutating func raw(_ value: [UInt8]) { bytes += value }

    /// At most 255 bytes.
    public mutating func shortString(_ text: String) {
        octet(UInt8(text.utf8.count))
        bytes += text.utf8
    }

    public mutating func longString(_ text: String) { block(Array(text.utf8)) }

    /// A length and that many bytes: a long string, a table or an array.
    public mutating func block(_ content: [UInt8]) {
        long(UInt32(content.count))
        bytes += content
    }

    public static func make(_ body: (inout WireBytes) -> Void) -> [UInt8] {
        var writer = WireBytes()
        body(&writer)
        return writer.bytes
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }
}

extension WireBytes {
    /// The content of a table with one key whose value is nested `depth` levels deep: tables in tables (six bytes a level) or
    /// arrays in arrays (five).
    public static func bomb(depth: Int, ofTables: Bool) -> [UInt8] {
        // Written from the outside in: every length is known beforehand.
        let overhead = ofTables ? 6 : 5
        return make { writer in
            writer.shortString("x-bomb")
            for level in 0..<depth {
                if ofTables, level > 0 { writer.shortString("") }
                writer.octet(UInt8(ascii: ofTables ? "F" : "A"))
                writer.long(UInt32((depth - 1 - level) * overhead))
            }
        }
    }
}
