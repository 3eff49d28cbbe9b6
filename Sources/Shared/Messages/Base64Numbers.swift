/// Numbers of 32 bits as messages and embedding servers carry them: base64 (RFC 4648 §4) of their little-endian bytes, because
/// 384 floats are 2,048 bytes so and 4,649 as JSON text, come back bit by bit the same and cost several times less to read.
public enum Base64Numbers {
    /// The numbers of a string; nil when it is no base64 of whole numbers.
    public static func read<Number: BitwiseCopyable>(_ element: JSONElement) -> [Number]? {
        element.withUTF8 { decode($0) } ?? nil
    }

    /// The numbers of a text; nil unless it is base64 with padding, nothing else, of whole numbers.
    public static func decode<Number: BitwiseCopyable>(_ text: UnsafeRawBufferPointer) -> [Number]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        let size = text.count / 4 * 3 - padding
        guard size.isMultiple(of: MemoryLayout<Number>.size) else { return nil }
        var isValid = true
        let numbers = [Number](unsafeUninitializedCapacity: size / MemoryLayout<Number>.size) { numbers, count in
            // Little-endian on the wire and on every machine that Swift runs on.
            isValid = decode(text, padding: padding, into: UnsafeMutableRawBufferPointer(numbers), size: size)
            count = isValid ? size / MemoryLayout<Number>.size : 0
        }
        return isValid ? numbers : nil
    }

    private static func decode(
        _ text: UnsafeRawBufferPointer, padding: Int, into bytes: UnsafeMutableRawBufferPointer, size: Int
    ) -> Bool {
        guard size > 0 else { return padding == 0 && text.isEmpty }
        return values.withUnsafeBufferPointer { values in
            // A digit that is none sets a bit past the 24 of a group; looked at once at the end.
            var all: UInt32 = 0
            func group(_ position: Int, _ count: Int) -> UInt32 {
                var group: UInt32 = 0
                for index in 0..<4 {
                    let value = index < count ? values[Int(text[position + index])] : 0
                    all |= value
                    group = group << 6 | value & 0x3F
                }
                return group
            }
            var written = 0
            var position = 0
            while position < text.count - (padding > 0 ? 4 : 0) {
                let bits = group(position, 4)
                bytes[written] = UInt8(truncatingIfNeeded: bits >> 16)
                bytes[written + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                bytes[written + 2] = UInt8(truncatingIfNeeded: bits)
                written += 3
                position += 4
            }
            if padding > 0 {
                let bits = group(position, 4 - padding)
                bytes[written] = UInt8(truncatingIfNeeded: bits >> 16)
                if padding == 1 { bytes[written + 1] = UInt8(truncatingIfNeeded: bits >> 8) }
            }
            return all & invalid == 0
        }
    }

    /// The numbers' base64 in ASCII.
    public static func text(_ numbers: [some BitwiseCopyable]) -> [UInt8] {
        numbers.withUnsafeBytes { bytes in
            [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text, count in
                digits.withUnsafeBufferPointer { digits in
                    for position in stride(from: 0, to: bytes.count, by: 3) {
                        let rest = bytes.count - position
                        let bits =
                            UInt32(bytes[position]) << 16 | (rest > 1 ? UInt32(bytes[position + 1]) << 8 : 0)
                            | (rest > 2 ? UInt32(bytes[position + 2]) : 0)
                        text[count] = digits[Int(bits >> 18)]
                        text[count + 1] = digits[Int(bits >> 12 & 0x3F)]
                        text[count + 2] = rest > 1 ? digits[Int(bits >> 6 & 0x3F)] : UInt8(ascii: "=")
                        text[count + 3] = rest > 2 ? digits[Int(bits & 0x3F)] : UInt8(ascii: "=")
                        count += 4
                    }
                }
            }
        }
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let invalid: UInt32 = 1 << 31
    /// What each byte stands for.
    private static let values: [UInt32] = {
        var values = [UInt32](repeating: invalid, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt32(value) }
        return values
    }()
}
