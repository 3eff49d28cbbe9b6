/// The scripts that words are taken apart by.
enum WordScript {
    /// Syllables and their parts.
    case hangul
    /// Han and kana, written without spaces.
    case han
    /// Letters and digits of all other scripts.
    case other

    @inline(__always)
    init(_ scalar: UInt32) {
        if scalar < 0x1100 {
            self = .other
            return
        }
        switch scalar {
        case 0xAC00...0xD7A3, 0x1100...0x11FF, 0x3131...0x318E: self = .hangul
        case 0x3041...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: self = .han
        default: self = .other
        }
    }
}
