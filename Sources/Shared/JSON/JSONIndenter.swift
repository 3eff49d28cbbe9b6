/// Lays JSON text out over lines for people, without reading it: strings and numbers stay as they are written.
public enum JSONIndenter {
    /// - Parameter bytes: valid JSON. Other text comes out oddly, never worse.
    public static func indented(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 5 / 4)
        var depth = 0
        var isInString = false
        var isEscaped = false
        func lineFeed() {
            result.append(UInt8(ascii: "\n"))
            result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
        }
        for (index, byte) in bytes.enumerated() {
            if isInString {
                result.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
                result.append(byte)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                result.append(byte)
                depth += 1
                if !closes(bytes, after: index) { lineFeed() }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                if let last = result.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { lineFeed() }
                result.append(byte)
            case UInt8(ascii: ","):
                result.append(byte)
                lineFeed()
            case UInt8(ascii: ":"): result.append(contentsOf: [byte, UInt8(ascii: " ")])
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
            default: result.append(byte)
            }
        }
        return result
    }

    /// Whether the object or array that opens at `index` is empty.
    private static func closes(_ bytes: [UInt8], after index: Int) -> Bool {
        let next = bytes[(index + 1)...].first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
        return next == UInt8(ascii: "}") || next == UInt8(ascii: "]")
    }
}
