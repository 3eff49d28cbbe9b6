/// The text of a code block.
enum CodeText {
    /// Without empty lines at the start and blanks at the end, and without invisible characters.
    /// Blanks before the first word stay: they are its indentation.
    static func prepare(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var code = TextCleaner.clean(text)
        while let last = code.last, MarkdownText.isBlank(last) { code.removeLast() }
        while code.first == UInt8(ascii: "\n") { code.removeFirst() }
        return code
    }

    static func prepare(_ text: String) -> ArraySlice<UInt8> { prepare(Array(text.utf8)[...]) }
}
