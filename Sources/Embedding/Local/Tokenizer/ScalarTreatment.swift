/// What BERT's normalizer and pre-tokenizer make of one scalar.
enum ScalarTreatment: Equatable {
    /// Part of a word, as this scalar.
    case letter(Unicode.Scalar)
    /// A word of its own: punctuation, CJK.
    case alone(Unicode.Scalar)
    /// White space.
    case space
    /// Removed: control characters, marks.
    case nothing
    /// More than one scalar, each with a treatment of its own.
    case several([ScalarTreatment])
}

/// How BERT's normalizer is set; the tables follow from it.
struct BERTNormalization: Sendable, Hashable {
    /// Remove control characters, and take every white space for a space.
    var cleansText: Bool
    /// CJK ideographs are words of their own.
    var separatesIdeographs: Bool
    var stripsMarks: Bool
    var lowercases: Bool

    /// The treatment of a scalar, from Unicode's properties. Slow: see ``ScalarTreatments``.
    ///
    /// **Source**: BertNormalizer and BertPreTokenizer of huggingface/tokenizers, tokenizers/src/normalizers/bert.rs and
    /// pre_tokenizers/bert.rs.
    func treatment(of scalar: Unicode.Scalar) -> ScalarTreatment {
        let properties = scalar.properties
        if cleansText {
            if isRemoved(scalar, properties) { return .nothing }
            if properties.isWhitespace { return .space }
        }
        let isIdeograph = separatesIdeographs && Self.isIdeograph(scalar)
        let bases = stripsMarks ? BaseLetters.shared.bases(of: scalar) : [scalar]
        let parts = bases.flatMap { base in
            lowercases ? Array(base.properties.lowercaseMapping.unicodeScalars) : [base]
        }.map { Self.split($0, isAlone: isIdeograph) }
        switch parts.count {
        case 0: return .nothing
        case 1: return parts[0]
        default: return .several(parts)
        }
    }

    /// Control characters, but not what is not assigned; tab and line ends are white space.
    private func isRemoved(_ scalar: Unicode.Scalar, _ properties: Unicode.Scalar.Properties) -> Bool {
        if scalar == "\t" || scalar == "\n" || scalar == "\r" { return false }
        if scalar.value == 0 || scalar.value == 0xFFFD { return true }
        return [.control, .format, .privateUse].contains(properties.earlierCategory)
    }

    /// Words end at white space and around punctuation; ASCII's symbols count as punctuation.
    private static func split(_ scalar: Unicode.Scalar, isAlone: Bool) -> ScalarTreatment {
        if isAlone { return .alone(scalar) }
        if scalar.properties.isWhitespace { return .space }
        switch scalar.value {
        case 33...47, 58...64, 91...96, 123...126: return .alone(scalar)
        default: break
        }
        switch scalar.properties.earlierCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return .alone(scalar)
        default: return .letter(scalar)
        }
    }

    /// The ranges of the original, its gap at 2B820 included; Hangul and kana are not among them.
    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
