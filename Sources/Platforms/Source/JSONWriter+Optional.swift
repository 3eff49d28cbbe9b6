import Shared

extension JSONWriter {
    /// Writes a member unless its value is missing or empty.
    mutating func optionalMember(_ name: String, _ text: String?) {
        if let text, !text.isEmpty { member(name, TextCleaner.clean(text)) }
    }

    mutating func optionalMember(_ name: String, _ texts: [String]) {
        if !texts.isEmpty { member(name, texts.map(TextCleaner.clean)) }
    }
}
