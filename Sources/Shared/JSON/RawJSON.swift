/// JSON text that is passed on as it is.
///
/// A document's `metadata` crosses all three programs in this form, so a new source needs no change in any of them.
public struct RawJSON: Sendable, Hashable {
    /// Compact JSON text in UTF-8.
    public let bytes: [UInt8]

    /// The empty object.
    public static let emptyObject = RawJSON(trusted: Array("{}".utf8))

    /// Takes text that is known to be JSON, for example a writer's.
    public init(trusted bytes: [UInt8]) { self.bytes = bytes }

    /// Copies an element of a parsed text.
    public init(_ element: JSONElement) { bytes = element.text }

    /// Builds an object member by member.
    public static func object(_ body: (inout JSONWriter) -> Void) -> RawJSON {
        var writer = JSONWriter()
        writer.object(body)
        return RawJSON(trusted: writer.bytes)
    }

    /// The text parsed again.
    public func parsed() throws(JSONError) -> JSONElement { try JSONElement(parsing: bytes) }
}
