/// The fields of a query or a form (https://url.spec.whatwg.org/#urlencoded-parsing), in their order.
public struct FormFields: Sendable {
    public let all: [(name: String, value: String)]

    public init(_ text: String) {
        all = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    /// The first value of a field.
    public subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    /// All values of a field.
    public func values(_ name: String) -> [String] { all.filter { $0.name == name }.map(\.value) }

    /// A text with `+` for blanks and `%E2` for bytes; what is no such escape stays as it is, bytes that are no UTF-8 become U+FFFD.
    static func decoded(_ text: Substring) -> String {
        let source = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count, let high = source[index + 1].hexDigit,
                let low = source[index + 2].hexDigit
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(source[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
