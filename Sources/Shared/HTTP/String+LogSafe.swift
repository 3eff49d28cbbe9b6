extension String {
    /// This text cut to `limit` characters, control and line-breaking characters written as `\u{…}`.
    ///
    /// For words that a peer chose: they must not forge log lines (CWE-117) or fill the log.
    func logSafe(limit: Int = 200) -> String {
        var text = ""
        for character in prefix(limit) {
            for scalar in character.unicodeScalars.prefix(8) {
                text += Self.isControl(scalar) ? scalar.escaped(asASCII: true) : String(scalar)
            }
        }
        return count > limit ? text + "…" : text
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
