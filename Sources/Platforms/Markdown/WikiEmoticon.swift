/// The signs that Jira shows as emoticons, as characters.
enum WikiEmoticon {
    /// The emoticon at `start` and its length.
    static func find(in bytes: [UInt8], at start: Int, end: Int) -> (text: String, length: Int)? {
        guard start + 1 < end else { return nil }
        // Most colons and brackets are just that.
        switch (bytes[start], bytes[start + 1]) {
        case (UInt8(ascii: "("), UInt8(ascii: "a")...UInt8(ascii: "z")),
            (UInt8(ascii: "("), UInt8(ascii: "!")...UInt8(ascii: "?")),
            (UInt8(ascii: ":"), UInt8(ascii: "(")...UInt8(ascii: "-")),
            (UInt8(ascii: ":"), UInt8(ascii: "D")...UInt8(ascii: "p")),
            (UInt8(ascii: ";"), UInt8(ascii: ")")...UInt8(ascii: "-")):
            break
        default: return nil
        }
        for (sign, text) in signs {
            let sign = sign.utf8
            if start + sign.count <= end, bytes[start] == sign.first,
                bytes[start..<(start + sign.count)].elementsEqual(sign)
            {
                return (text, sign.count)
            }
        }
        return nil
    }

    private static let signs: [(String, String)] = [
        (":)", "🙂"), (":-)", "🙂"), (":(", "🙁"), (":-(", "🙁"), (":P", "😛"), (":p", "😛"), (":D", "😀"), (";)", "😉"),
        (";-)", "😉"), ("(y)", "👍"), ("(n)", "👎"), ("(i)", "ℹ️"), ("(/)", "✅"), ("(x)", "❌"), ("(!)", "⚠️"),
        ("(+)", "➕"), ("(-)", "➖"), ("(?)", "❓"), ("(on)", "💡"), ("(off)", "💡"), ("(*)", "⭐"), ("(*r)", "⭐"),
        ("(*g)", "⭐"), ("(*b)", "⭐"), ("(*y)", "⭐"), ("(flag)", "🚩"), ("(flagoff)", "🏳️"),
    ]
}
