/// A single value of a payload field, as filters and facets use it.
public enum QdrantScalar: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case flag(Bool)

    /// nil when the element is none of the three.
    init?(_ element: JSONElement) {
        if let text = element.string {
            self = .text(text)
        } else if let number = element.int {
            self = .integer(number)
        } else if let flag = element.bool {
            self = .flag(flag)
        } else {
            return nil
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.value(text)
        case .integer(let number): writer.value(number)
        case .flag(let flag): writer.value(flag)
        }
    }
}

extension QdrantScalar: CustomStringConvertible {
    /// The value alone, as text.
    public var description: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .flag(let flag): String(flag)
        }
    }
}
