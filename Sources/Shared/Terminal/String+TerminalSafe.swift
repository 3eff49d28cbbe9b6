extension String {
    /// The text with everything made visible that could move a cursor, forge a line or turn the writing direction.
    ///
    /// Line feeds become `\n`, other controls, separators and bidirectional overrides `\u{…}` (CWE-117).
    public var terminalSafe: String { cleaned(upTo: .max) }

    /// As ``terminalSafe``, cut after `limit` bytes of UTF-8 and then marked with `…`.
    func cleaned(upTo limit: Int) -> String {
        if utf8.count <= limit, utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
        var result = ""
        var size = 0
        for scalar in unicodeScalars {
            let piece = scalar.isSafeToPrint ? String(scalar) : scalar.escaped
            size += piece.utf8.count
            guard size <= limit else { return result + "…" }
            result += piece
        }
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var isSafeToPrint: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0: false
        // Line and paragraph separators, bidirectional embeddings, overrides and isolates.
        case 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: false
        default: true
        }
    }

    fileprivate var escaped: String {
        switch self {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(value, radix: 16))}"
        }
    }
}
