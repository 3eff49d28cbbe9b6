/// The hash that decides where a feature goes in a `hash` vector. It must never change: stored vectors depend on it.
///
/// FNV-1a, 64 bits, over whole scalars instead of bytes, then the finaliser of MurmurHash3 so that every bit depends on
/// every scalar. Test vectors (`FeatureHashTests`) pin it.
///
/// **Source**: http://www.isthe.com/chongo/tech/comp/fnv/ (parameters), MurmurHash3 `fmix64`.
struct FeatureHash {
    private(set) var state: UInt64

    /// - Parameter kind: keeps equal scalars apart that mean something else, such as a word and a part of one.
    @inline(__always)
    init(kind: UInt32) {
        state = 0xCBF2_9CE4_8422_2325
        add(kind)
    }

    @inline(__always)
    mutating func add(_ scalar: UInt32) { state = (state ^ UInt64(scalar)) &* 0x0000_0100_0000_01B3 }

    /// The digest of what was added so far; more may follow.
    @inline(__always)
    var digest: UInt64 {
        var value = state
        value = (value ^ (value >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        value = (value ^ (value >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return value ^ (value >> 33)
    }
}
