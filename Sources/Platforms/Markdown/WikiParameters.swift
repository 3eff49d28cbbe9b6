/// The parameters of a macro: `java|title=Main.java`.
struct WikiParameters {
    private var values: [(name: String, value: String)] = []

    init(_ text: String, separator: Character = "|") {
        for part in text.split(separator: separator) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = pair.count > 1 ? String(pair[0]).trimmed.lowercased() : ""
            values.append((name, String(pair[pair.count - 1]).trimmed))
        }
    }

    /// A parameter by its name in lower case; "" is the one without a name. Nil when it is missing or blank.
    subscript(name: String) -> String? { values.first { $0.name == name && !$0.value.isEmpty }?.value }
}
