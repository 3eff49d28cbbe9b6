import Shared

/// How much of a body converters take: past these bounds a body is an attack or a mistake.
enum BodyLimits {
    /// Far above the largest page that Confluence saves (5 MB of storage format by default).
    static let maximumSize = 64 << 20

    /// Levels of nesting whose structure is kept; deeper text is kept without it, so that no recursion runs deep.
    static let maximumDepth = 256

    /// Each node of ADF is an object in an array.
    static let maximumJSONDepth = 1024

    enum Excess: Equatable {
        case size, depth, declarations

        var description: String {
            switch self {
            case .size: "the body is larger than \(BodyLimits.maximumSize >> 20) MiB"
            case .depth: "the body is nested deeper than \(BodyLimits.maximumDepth) levels"
            case .declarations: "the body declares entities of its own, which are never expanded"
            }
        }
    }

    /// How much of bodies that are texts is beyond what is taken, all together.
    static func bytesLeftOut(of bodies: [JSONElement?]) -> Int {
        bodies.reduce(0) { $0 + max(0, ($1?.withUTF8 { $0.count } ?? 0) - maximumSize) }
    }

    /// `bytes` as valid UTF-8 within the limit: what does not decode becomes the replacement character.
    static func usable(_ bytes: [UInt8]) -> [UInt8] {
        let bytes = bytes.count > maximumSize ? Array(bytes[..<maximumSize]) : bytes
        if String(validating: bytes, as: UTF8.self) != nil { return bytes }
        return Array(String(decoding: bytes, as: UTF8.self).utf8.prefix(maximumSize))
    }
}
