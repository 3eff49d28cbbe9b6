/// Decides how the signs of emphasis are written, once the text around them is known.
///
/// `**` opens and closes only beside certain neighbours: a closing one between `)` and a letter stays a pair of asterisks,
/// which Korean meets all the time (`**값(value)**은`). Such a pair is written as HTML elements, which GitHub-flavoured Markdown takes
/// everywhere and which change nothing of the text.
/// Rules: https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run
struct InlineSigns {
    struct Sign {
        /// Where in the text it stands; signs at one place stand in order.
        var position: Int
        var delimiter: InlineDelimiter
        var isOpening: Bool
        /// Index of the other sign of the pair.
        var partner = -1
        var isElement = false
    }

    private(set) var list: [Sign] = []

    var isEmpty: Bool { list.isEmpty }

    /// - Returns: its index.
    mutating func open(_ delimiter: InlineDelimiter, at position: Int) -> Int {
        list.append(Sign(position: position, delimiter: delimiter, isOpening: true))
        return list.count - 1
    }

    mutating func close(_ opening: Int, at position: Int) {
        list.append(Sign(position: position, delimiter: list[opening].delimiter, isOpening: false, partner: opening))
        list[opening].partner = list.count - 1
    }

    /// Puts the signs into `bytes`. Cost: linear; a few passes over the signs.
    mutating func settle(into bytes: inout [UInt8]) {
        guard let first = list.first?.position else { return }
        choose(bytes)
        // A copy of the end only: a slice would share all that was written before, and make the change below copy it.
        let text = [UInt8](bytes[first...])
        var result: [UInt8] = []
        result.reserveCapacity(text.count + list.count * 2)
        var position = first
        for sign in list {
            result += text[(position - first)..<(sign.position - first)]
            position = sign.position
            if sign.isElement {
                result += (sign.isOpening ? "<" : "</").utf8
                result += sign.delimiter.element.utf8
                result.append(UInt8(ascii: ">"))
            } else if let characters = sign.delimiter.sign {
                result += UnsafeBufferPointer(start: characters.utf8Start, count: characters.utf8CodeUnitCount)
            }
        }
        result += text[(position - first)...]
        bytes.removeLast(text.count)
        bytes += result
        list.removeAll(keepingCapacity: true)
    }

    private mutating func choose(_ bytes: [UInt8]) {
        // Where one pair ends and another begins at once, which asterisk belongs to which is a riddle: no riddles.
        for index in list.indices.dropFirst()
        where list[index].isOpening && !list[index - 1].isOpening && list[index].position == list[index - 1].position {
            makeElement(index)
        }
        // An element changes the neighbours of the signs beside it; more than a few rounds are never needed.
        for _ in 0..<4 where !chooseOnce(bytes) { return }
        for index in list.indices { list[index].isElement = true }
    }

    /// - Returns: whether a pair was changed.
    private mutating func chooseOnce(_ bytes: [UInt8]) -> Bool {
        var hasChanged = false
        var openAsterisks = 0
        var start = 0
        while start < list.count {
            var end = start + 1
            while end < list.count, isOneRun(start, end) { end += 1 }
            defer { start = end }
            if list[start].isElement { continue }
            let isOpening = list[start].isOpening
            let isAsterisk = list[start].delimiter != .strike
            let before = character(before: start, bytes)
            let after = character(after: end - 1, bytes)
            // Within others, asterisks that open and might close as well would close those.
            let isRiddle = isOpening && isAsterisk && openAsterisks > 0 && flanks(false, before, after)
            if !flanks(isOpening, before, after) || isRiddle {
                for index in start..<end { makeElement(index) }
                hasChanged = true
            } else if isAsterisk {
                openAsterisks += isOpening ? end - start : start - end
            }
        }
        return hasChanged
    }

    /// Asterisks that touch are one run.
    private func isOneRun(_ first: Int, _ next: Int) -> Bool {
        list[first].position == list[next].position && !list[first].isElement && !list[next].isElement
            && list[first].delimiter != .strike && list[next].delimiter != .strike
    }

    private mutating func makeElement(_ index: Int) {
        list[index].isElement = true
        list[list[index].partner].isElement = true
    }

    private func flanks(_ isOpening: Bool, _ before: Unicode.Scalar?, _ after: Unicode.Scalar?) -> Bool {
        let (inner, outer) = isOpening ? (after, before) : (before, after)
        guard let inner, !isBlank(inner) else { return false }
        if !UnicodeBytes.isPunctuation(inner) { return true }
        guard let outer else { return true }
        return isBlank(outer) || UnicodeBytes.isPunctuation(outer)
    }

    private func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

    private func character(before index: Int, _ bytes: [UInt8]) -> Unicode.Scalar? {
        if index > 0, list[index - 1].position == list[index].position { return mark(list[index - 1], isFirst: false) }
        return UnicodeBytes.scalar(before: list[index].position, in: bytes[...])
    }

    private func character(after index: Int, _ bytes: [UInt8]) -> Unicode.Scalar? {
        if index + 1 < list.count, list[index + 1].position == list[index].position {
            return mark(list[index + 1], isFirst: true)
        }
        return UnicodeBytes.scalar(at: list[index].position, in: bytes[...])?.scalar
    }

    private func mark(_ sign: Sign, isFirst: Bool) -> Unicode.Scalar {
        if sign.isElement { return isFirst ? "<" : ">" }
        return sign.delimiter == .strike ? "~" : "*"
    }
}
