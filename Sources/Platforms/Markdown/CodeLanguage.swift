/// The word behind a code fence.
enum CodeLanguage {
    /// The language in lower case as far as it can stand there; empty for none.
    static func word(_ name: String) -> String {
        let name = name.trimmed.lowercased()
        guard name.utf8.count <= 32, name.utf8.allSatisfy(isAllowed),
            !["none", "plain", "plaintext", "text", "txt"].contains(name)
        else {
            return ""
        }
        return name
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"),
            UInt8(ascii: "#"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
