import Embedding

/// How much the search by meaning counts beside the one by words.
///
/// Words count 1 always. Meaning counts 0.8, but only 0.1 for text that the model does not understand: what a model finds whose
/// vocabulary cannot spell Hangul is close to chance. In between the share of Hangul among the letters of the question
/// decides. Chosen on dev/search/questions.yaml, see docs/SEARCH.md.
struct SearchBalance: Equatable {
    /// Small, so that the first ranks stand out and weights matter (``QdrantQuery/fusion(_:k:branchLimit:)``).
    static let k = 3

    let meaning: Double
    let words = 1.0

    init(_ question: String, _ understanding: Understanding) {
        let foreign =
            switch understanding {
            case .everything: 0.0
            case .allButHangul: Self.hangulShare(of: question)
            case .nothing: 1.0
            }
        meaning = 0.8 - 0.7 * foreign
    }

    /// 0 to 1: syllables and their parts among all letters.
    static func hangulShare(of text: String) -> Double {
        var (hangul, letters) = (0, 0)
        for scalar in text.unicodeScalars where scalar.properties.isAlphabetic {
            letters += 1
            switch scalar.value {
            case 0xAC00...0xD7A3, 0x1100...0x11FF, 0x3131...0x318E: hangul += 1
            default: break
            }
        }
        return letters == 0 ? 0 : Double(hangul) / Double(letters)
    }
}
