/// Confluence's emoticons as characters.
enum Emoticon {
    /// The emoji itself where the element carries it, else the one its name stands for, else its short name.
    static func text(of element: MarkupElement) -> String {
        if let fallback = element["ac:emoji-fallback"], !fallback.isEmpty, !fallback.hasPrefix(":") { return fallback }
        // The editor names emoji that have no emoticon `blue-star`; only the short name says what they are.
        if let shortName = element["ac:emoji-shortname"], !shortName.isEmpty,
            shortNames[shortName] != nil || element["ac:name"] == "blue-star"
        {
            return text(shortName: shortName, text: nil)
        }
        if let name = element["ac:name"], let emoji = named[name] { return emoji }
        return element["ac:emoji-shortname"] ?? element["ac:name"].map { ":\($0):" } ?? ""
    }

    /// The same for ADF, whose short names carry colons.
    static func text(shortName: String, text: String?) -> String {
        if let text, !text.isEmpty, !text.hasPrefix(":") { return text }
        return shortNames[shortName] ?? shortName
    }

    private static let named = [
        "smile": "🙂", "sad": "🙁", "cheeky": "😛", "laugh": "😀", "wink": "😉", "thumbs-up": "👍", "thumbs-down": "👎",
        "information": "ℹ️", "tick": "✅", "cross": "❌", "warning": "⚠️", "plus": "➕", "minus": "➖", "question": "❓",
        "light-on": "💡", "light-off": "💡", "yellow-star": "⭐", "red-star": "⭐", "green-star": "⭐", "blue-star": "⭐",
        "heart": "❤️", "broken-heart": "💔",
    ]

    private static let shortNames = [
        ":check_mark:": "✅", ":cross_mark:": "❌", ":info:": "ℹ️", ":warning:": "⚠️", ":plus:": "➕", ":minus:": "➖",
        ":question_mark:": "❓", ":smile:": "🙂", ":slight_smile:": "🙂", ":thumbsup:": "👍", ":thumbsdown:": "👎",
        ":light_bulb_on:": "💡",
    ]
}
