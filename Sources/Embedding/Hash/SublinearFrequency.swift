import Glibc

/// 1 + ln(tf), looked up for the small counts that nearly all features have.
enum SublinearFrequency {
    private static let table: [Float] = (0..<64).map { $0 == 0 ? 0 : 1 + logf(Float($0)) }

    @inline(__always)
    static func of(_ count: Float) -> Float { count < 64 ? table[Int(count)] : 1 + logf(count) }
}
