/// A gzip stream that unpacks to 64 MiB of zeros, put together by hand so that no compressor is needed.
///
/// One deflate block with fixed codes: a literal zero, then matches of length 258 at distance 1 (RFC 1951 §3.2.6).
enum GzipBomb {
    static let bytes: [UInt8] = {
        var bits = Bits()
        bits.write(1, count: 1)  // last block
        bits.write(1, count: 2)  // fixed codes
        bits.writeCode(0b0011_0000, count: 8)  // literal 0
        for _ in 0..<(64 << 20) / 258 {
            bits.writeCode(0b1100_0101, count: 8)  // length code 285: 258
            bits.writeCode(0, count: 5)  // distance code 0: 1
        }
        bits.writeCode(0, count: 7)  // end of block
        return [31, 139, 8, 0, 0, 0, 0, 0, 2, 3] + bits.finish() + [UInt8](repeating: 0, count: 8)
    }()

    private struct Bits {
        private var bytes: [UInt8] = []
        private var current = 0
        private var used = 0

        mutating func write(_ value: Int, count: Int) {
            for place in 0..<count { append(value >> place & 1) }
        }

        /// Huffman codes go in from their highest bit.
        mutating func writeCode(_ code: Int, count: Int) {
            for place in (0..<count).reversed() { append(code >> place & 1) }
        }

        private mutating func append(_ bit: Int) {
            current |= bit << used
            used += 1
            if used == 8 {
                bytes.append(UInt8(current))
                (current, used) = (0, 0)
            }
        }

        func finish() -> [UInt8] { used == 0 ? bytes : bytes + [UInt8(current)] }
    }
}
