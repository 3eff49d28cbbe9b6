/// Reads scalars out of valid UTF-8 without making strings.
struct UTF8Reader {
    private let bytes: UnsafeBufferPointer<UInt8>

    /// - Parameter bytes: valid UTF-8, borrowed.
    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The scalar whose first byte stands at `position`, and its width in bytes.
    @inline(__always)
    func scalar(at position: Int) -> (scalar: Unicode.Scalar, width: Int) {
        let lead = UInt32(bytes[position])
        if lead < 0x80 { return (Unicode.Scalar(UInt8(lead)), 1) }
        func tail(_ offset: Int) -> UInt32 { UInt32(bytes[position + offset] & 0x3F) }
        let (value, width): (UInt32, Int) =
            switch lead {
            case ..<0xE0: ((lead & 0x1F) << 6 | tail(1), 2)
            case ..<0xF0: ((lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3)
            default: ((lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
            }
        // Valid UTF-8 has no surrogates and nothing past U+10FFFF.
        return (Unicode.Scalar(value) ?? "\u{FFFD}", width)
    }
}

extension Array where Element == UInt8 {
    /// Appends a scalar in UTF-8.
    @inline(__always)
    mutating func append(utf8 scalar: Unicode.Scalar) {
        let value = scalar.value
        if value < 0x80 {
            append(UInt8(value))
        } else if value < 0x800 {
            append(0xC0 | UInt8(value >> 6))
            append(0x80 | UInt8(value & 0x3F))
        } else if value < 0x10000 {
            append(0xE0 | UInt8(value >> 12))
            append(0x80 | UInt8(value >> 6 & 0x3F))
            append(0x80 | UInt8(value & 0x3F))
        } else {
            append(0xF0 | UInt8(value >> 18))
            append(0x80 | UInt8(value >> 12 & 0x3F))
            append(0x80 | UInt8(value >> 6 & 0x3F))
            append(0x80 | UInt8(value & 0x3F))
        }
    }
}
