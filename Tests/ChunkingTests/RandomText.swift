import TestSupport

/// Texts that have everything a splitter can get wrong.
enum RandomText {
    private static let separators = ["\n\n", "\n", " ", "\n\n\n", "  ", "\r\n", "\t", "\r", "\n \n"]
    private static let blanks = [
        "\u{A0}", "\u{2028}", "\u{3000}", "\u{1C}", "\u{1F}", "\u{85}", "\u{2009}", "\u{200B}",
    ]
    private static let words = [
        "배포", "롤백은", "재시작합니다", "가나다라마바사아자차카타파하", "deploy", "a", "queue", "incident-4711", "🚀", "👩‍👩‍👧",
        "e\u{301}", "\u{1100}\u{1161}\u{11A8}", "漢字", "𝔘", "\u{0}", "\u{FEFF}", "\u{E000}", "|", "```",
    ]

    static func make(using generator: inout SeededGenerator) -> String {
        // The share of separators differs from text to text, so that every level of the recursion is reached.
        let share = Int.random(in: 0...7, using: &generator)
        var text = ""
        for _ in 0..<Int.random(in: 0...[3, 30, 300].randomElement(using: &generator)!, using: &generator) {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: text += blanks.randomElement(using: &generator)!
            // Long runs of blanks, for the trimming of windows that overlap.
            case 1...8 where share == 7:
                let blank = (blanks + separators).randomElement(using: &generator)!
                text += String(repeating: blank, count: Int.random(in: 1...30, using: &generator))
            case 1...max(1, share): text += separators.randomElement(using: &generator)!
            case 8 where share < 4:
                let word = words.randomElement(using: &generator)!
                text += String(repeating: word, count: Int.random(in: 1...40, using: &generator))
            default: text += words.randomElement(using: &generator)!
            }
        }
        return text
    }
}
