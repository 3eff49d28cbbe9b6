/// Cuts a normalised text into words that begin with `▁`, which stands for the space before them.
struct MetaspaceWords: Sendable {
    /// Words end at every white space, which is dropped; otherwise only at spaces.
    let splitsAtWhiteSpace: Bool
    /// A text that does not begin with the mark gets one.
    let isPrepended: Bool
    /// `▁` in UTF-8, or what the file names instead.
    let mark: [UInt8]

    /// Calls `body` with each word, in order, until it returns false.
    func forEachWord(of text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) {
        guard splitsAtWhiteSpace else {
            _ = cut(text, body)
            return
        }
        let reader = UTF8Reader(text)
        var start = 0
        var position = 0
        while position < text.count {
            let (scalar, width) = reader.scalar(at: position)
            if scalar.properties.isWhitespace {
                if start < position, !cut(UnsafeBufferPointer(rebasing: text[start..<position]), body) { return }
                start = position + width
            }
            position += width
        }
        if start < text.count { _ = cut(UnsafeBufferPointer(rebasing: text[start...]), body) }
    }

    /// Puts the mark for every space and cuts before every mark.
    private func cut(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
        guard !text.isEmpty else { return true }
        var word: [UInt8] = []
        if isPrepended, text[0] != 0x20, !text.starts(with: mark) { word = mark }
        var position = 0
        while position < text.count {
            if text[position] == 0x20 || (text[position] == mark[0] && text[position...].starts(with: mark)) {
                if !word.isEmpty, !word.withUnsafeBufferPointer(body) { return false }
                word.removeAll(keepingCapacity: true)
                word += mark
                position += text[position] == 0x20 ? 1 : mark.count
            } else {
                word.append(text[position])
                position += 1
            }
        }
        return word.isEmpty || word.withUnsafeBufferPointer(body)
    }
}
