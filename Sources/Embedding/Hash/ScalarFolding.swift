/// Makes scalars equal that a searcher takes for equal: case, accents, width, Hangul in parts.
///
/// Own tables instead of the standard library's, whose Unicode version grows with the compiler: stored vectors must stay
/// comparable for ever. What the tables do not know stays as it is.
enum ScalarFolding {
    /// Base letters of U+00C0…U+017F, in order; `*` marks those that are no letters.
    private static let latin: [UInt32] = Array(
        ("aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo*ouuuuyty"  // Latin-1
            + "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllllln"  // Latin Extended-A
            + "nnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs").unicodeScalars
    ).map(\.value)

    /// The folded scalar; 0 for one that separates words, 1 for one that is left out.
    @inline(__always)
    static func fold(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 {
            switch scalar {
            case 0x61...0x7A, 0x30...0x39: return scalar
            case 0x41...0x5A: return scalar + 32
            default: return separator
            }
        }
        if (0xAC00...0xD7A3).contains(scalar) || (0x4E00...0x9FFF).contains(scalar) { return scalar }
        return foldRare(scalar)
    }

    static let separator: UInt32 = 0
    static let leftOut: UInt32 = 1

    private static func foldRare(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0xC0...0x17F:
            let base = latin[Int(scalar - 0xC0)]
            return base == 0x2A ? separator : base
        case 0x80...0xBF: return separator
        // Combining marks, joiners, variation selectors, soft hyphen's relatives.
        case 0x300...0x36F, 0x200B...0x200D, 0xFE00...0xFE0F, 0xFEFF: return leftOut
        case 0x391...0x3A9, 0x410...0x42F: return scalar + 32
        case 0x400...0x40F: return scalar + 80
        case 0x2000...0x2BFF, 0x2E00...0x2E7F, 0x3000...0x3004, 0x3008...0x3020, 0x3030: return separator
        // Full-width forms of ASCII.
        case 0xFF01...0xFF5E: return fold(scalar - 0xFEE0)
        case 0xFF5F...0xFF65, 0xFFE0...0xFFFF: return separator
        default: return scalar
        }
    }

    static func isHangulSyllable(_ scalar: UInt32) -> Bool { (0xAC00...0xD7A3).contains(scalar) }

    /// The parts of a syllable as conjoining jamo; the last is 0 when the syllable is open.
    static func jamo(_ syllable: UInt32) -> (UInt32, UInt32, UInt32) {
        let index = syllable - 0xAC00
        let final = index % 28
        return (0x1100 + index / 588, 0x1161 + index % 588 / 28, final == 0 ? 0 : 0x11A7 + final)
    }

    /// The syllable that a conjoining jamo makes together with what stands before it (macOS writes Hangul in parts).
    static func composed(_ previous: UInt32, _ scalar: UInt32) -> UInt32? {
        if (0x1161...0x1175).contains(scalar), (0x1100...0x1112).contains(previous) {
            return 0xAC00 + (previous - 0x1100) * 588 + (scalar - 0x1161) * 28
        }
        if (0x11A8...0x11C2).contains(scalar), isHangulSyllable(previous), (previous - 0xAC00).isMultiple(of: 28) {
            return previous + scalar - 0x11A7
        }
        return nil
    }
}
