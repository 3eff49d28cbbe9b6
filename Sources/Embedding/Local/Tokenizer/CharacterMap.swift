/// SentencePiece's `precompiled_charsmap`: which texts are replaced by which, as a tree of bytes in two arrays.
///
/// **Source**: https://github.com/google/sentencepiece, src/normalizer.cc; the layout of a unit is that of
/// https://github.com/s-yata/darts-clone, include/darts.h.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    /// Replacements, each ended by a zero byte.
    private let texts: [UInt8]

    /// - Parameter bytes: the size of the tree, the tree, the texts; nil when that cannot be.
    init?(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count > 4 else { return nil }
        func word(_ position: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << (8 * $1) }
        }
        let size = Int(word(0))
        guard size >= 4, size.isMultiple(of: 4), size <= bytes.count - 4 else { return nil }
        units = stride(from: 4, to: 4 + size, by: 4).map(word)
        texts = Array(bytes[(4 + size)...])
        guard String(validating: texts, as: UTF8.self) != nil else { return nil }
    }

    /// What stands for `text`; nil when it stays as it is.
    ///
    /// The shortest entry that `text` begins with decides, and stands for the whole of it. That is odd, and what
    /// huggingface/tokenizers does.
    @inline(__always)
    func replacement(of text: UnsafeBufferPointer<UInt8>) -> ArraySlice<UInt8>? {
        var node = Self.offset(units[0])
        for byte in text {
            guard byte != 0 else { return nil }
            node ^= Int(byte)
            // The tree comes out of a file: a place outside it ends the walk.
            guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return nil }
            let unit = units[node]
            node ^= Self.offset(unit)
            guard unit >> 8 & 1 == 1 else { continue }
            guard node < units.count else { return nil }
            let start = Int(units[node] & 0x7FFF_FFFF)
            guard start <= texts.count else { return nil }
            return texts[start...].prefix { $0 != 0 }
        }
        return nil
    }

    @inline(__always)
    private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int(unit >> 6 & 8) }
}
