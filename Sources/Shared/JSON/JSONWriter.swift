import CSimdJSON

/// Appends JSON text to one growing buffer.
///
/// Commas and colons are placed by the writer; the caller pairs begin and end. Numbers are written in their shortest form
/// that reads back the same. Cost: amortised one copy of every byte, no intermediate strings.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init(reservingCapacity capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "["))
        try body(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes a key; the next call writes its value.
    public mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func value(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    public mutating func value(_ number: Int) {
        separate()
        bytes.append(contentsOf: String(number).utf8)
        needsComma = true
    }

    /// An array of whole numbers, written digit by digit: a sparse vector has hundreds.
    public mutating func value(_ numbers: [UInt32]) {
        array { writer in
            writer.bytes.reserveCapacity(writer.bytes.count + numbers.count * 11)
            for number in numbers {
                writer.separate()
                var divisor: UInt32 = 1
                while number / divisor > 9 { divisor *= 10 }
                while divisor > 0 {
                    writer.bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
                    divisor /= 10
                }
                writer.needsComma = true
            }
        }
    }

    public mutating func value(_ flag: Bool) { literal(flag ? "true" : "false") }

    public mutating func null() { literal("null") }

    /// A finite number; infinities and NaN have no JSON form and become null.
    public mutating func value(_ number: Double) {
        guard number.isFinite else { return null() }
        separate()
        append(upTo: 32) { ohra_json_write_double(number, $0) }
        needsComma = true
    }

    /// An array of finite float32 numbers, written in place by one call.
    public mutating func value(_ vector: some Collection<Float>) {
        func write(_ numbers: UnsafeBufferPointer<Float>) {
            let limit = numbers.count * 16 + 2
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: limit) { scratch in
                guard let start = scratch.baseAddress else { return }
                let length = ohra_json_write_floats(numbers.baseAddress, numbers.count, start)
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: length))
            }
        }
        separate()
        if vector.withContiguousStorageIfAvailable(write) == nil { Array(vector).withUnsafeBufferPointer(write) }
        needsComma = true
    }

    /// Ready-made JSON text, taken as it is.
    public mutating func value(_ raw: RawJSON) { json(raw.bytes) }

    /// Ready-made ASCII that needs no escaping, such as base64, written as a string.
    public mutating func unescaped(_ ascii: some Collection<UInt8>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: ascii)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Ready-made JSON text, taken as it is.
    public mutating func json(_ text: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
        needsComma = true
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func append(upTo count: Int, _ write: (UnsafeMutablePointer<CChar>) -> Int) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: count) { scratch in
            guard let start = scratch.baseAddress else { return }
            let length = write(start)
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: length))
        }
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var clean = 0
            for index in utf8.indices where Self.mustEscape(utf8[index]) {
                bytes.append(contentsOf: utf8[clean..<index])
                escape(utf8[index])
                clean = index + 1
            }
            bytes.append(contentsOf: utf8[clean...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        default:
            bytes.append(contentsOf: "u00".utf8)
            for digit in [byte >> 4, byte & 15] {
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
