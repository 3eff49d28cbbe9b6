/// A text that is not JSON, or not the JSON that was expected.
public struct JSONError: Error, CustomStringConvertible, Sendable {
    /// What is wrong; never holds text of the input.
    public let reason: String

    public init(reason: String) { self.reason = reason }

    public var description: String { reason }
}
