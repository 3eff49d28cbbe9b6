/// What is done with a text before it is cut into words, step by step.
struct UnigramNormalizer: Sendable {
    enum Step: Sendable {
        case map(CharacterMap)
        /// White space at the ends is taken away.
        case strip(start: Bool, end: Bool)
        /// Two or more spaces become this text.
        case runsOfSpaces(by: [UInt8])
        /// Every single occurrence of a text becomes another.
        case replace([UInt8], by: [UInt8])
    }

    let steps: [Step]

    func normalise(_ text: [UInt8]) -> [UInt8] {
        steps.reduce(text) { text, step in
            switch step {
            case .map(let map): Self.mapped(text, map)
            case .strip(let start, let end): Self.stripped(text, start: start, end: end)
            case .runsOfSpaces(let other): Self.withoutRuns(text, other)
            case .replace(let old, let new): Self.replaced(text, old, new)
            }
        }
    }

    /// By grapheme where a short one as a whole has an entry, otherwise scalar by scalar.
    ///
    /// **Source**: huggingface/tokenizers, tokenizers/src/normalizers/precompiled.rs.
    private static func mapped(_ text: [UInt8], _ map: CharacterMap) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        let string = String(decoding: text, as: UTF8.self)
        text.withUnsafeBufferPointer { bytes in
            var index = string.startIndex
            var start = 0
            while index < string.endIndex {
                let next = string.index(after: index)
                let end = start + string.utf8.distance(from: index, to: next)
                let grapheme = UnsafeBufferPointer(rebasing: bytes[start..<end])
                if grapheme.count < 6, let replacement = map.replacement(of: grapheme) {
                    result += replacement
                } else {
                    append(grapheme, map, to: &result)
                }
                index = next
                start = end
            }
        }
        return result
    }

    private static func append(_ grapheme: UnsafeBufferPointer<UInt8>, _ map: CharacterMap, to result: inout [UInt8]) {
        let reader = UTF8Reader(grapheme)
        var position = 0
        while position < grapheme.count {
            let width = reader.scalar(at: position).width
            let scalar = UnsafeBufferPointer(rebasing: grapheme[position..<position + width])
            if let replacement = map.replacement(of: scalar) { result += replacement } else { result += scalar }
            position += width
        }
    }

    private static func stripped(_ text: [UInt8], start: Bool, end: Bool) -> [UInt8] {
        var scalars = Substring(decoding: text, as: UTF8.self).unicodeScalars
        if start { scalars = scalars.drop { $0.properties.isWhitespace } }
        if end { while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() } }
        return Array(Substring(scalars).utf8)
    }

    private static func withoutRuns(_ text: [UInt8], _ replacement: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            var end = position
            while end < text.count, text[end] == 0x20 { end += 1 }
            if end - position > 1 {
                result += replacement
                position = end
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private static func replaced(_ text: [UInt8], _ old: [UInt8], _ new: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            if text[position] == old[0], text[position...].starts(with: old) {
                result += new
                position += old.count
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }
}
