import Synchronization

/// The treatment of all scalars of the Basic Multilingual Plane, looked up in a table.
///
/// **Cost**: 256 KB and some 10 ms for each way a normalizer is set.
final class ScalarTreatments: Sendable {
    private static let made = Mutex<[BERTNormalization: ScalarTreatments]>([:])

    /// One table per setting and process.
    static func of(_ normalization: BERTNormalization) -> ScalarTreatments {
        made.withLock { made in
            if let known = made[normalization] { return known }
            let new = ScalarTreatments(normalization)
            made[normalization] = new
            return new
        }
    }

    /// Low 21 bits: a scalar; above: what is done with it.
    private let entries: [UInt32]
    private let normalization: BERTNormalization
    private static let letter: UInt32 = 0
    private static let alone: UInt32 = 1 << 24
    private static let space: UInt32 = 2 << 24
    private static let nothing: UInt32 = 3 << 24
    private static let several: UInt32 = 4 << 24

    private init(_ normalization: BERTNormalization) {
        self.normalization = normalization
        entries = (0..<0x10000 as Range<UInt32>).map { value in
            guard let scalar = Unicode.Scalar(value) else { return Self.nothing }
            // Syllables are the largest part, and known to be several.
            if normalization.stripsMarks, BaseLetters.syllables.contains(value) { return Self.several }
            return switch normalization.treatment(of: scalar) {
            case .letter(let scalar): Self.letter | scalar.value
            case .alone(let scalar): Self.alone | scalar.value
            case .space: Self.space
            case .nothing: Self.nothing
            case .several: Self.several
            }
        }
    }

    /// Whether the letters of Hangul syllables are taken apart.
    var splitsSyllables: Bool { normalization.stripsMarks }

    subscript(scalar: Unicode.Scalar) -> ScalarTreatment {
        guard scalar.value < 0x10000 else { return normalization.treatment(of: scalar) }
        let entry = entries[Int(scalar.value)]
        switch entry & 0xFF00_0000 {
        case Self.letter: return .letter(Unicode.Scalar(entry & 0x1F_FFFF) ?? scalar)
        case Self.alone: return .alone(Unicode.Scalar(entry & 0x1F_FFFF) ?? scalar)
        case Self.space: return .space
        case Self.nothing: return .nothing
        default: return normalization.treatment(of: scalar)
        }
    }
}
