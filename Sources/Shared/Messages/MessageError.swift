/// A body or header that is not what the wire format says. Never retriable: the same bytes will not become right.
public struct MessageError: Error, CustomStringConvertible, Sendable {
    /// The bounded words that dead letters carry as their reason.
    public enum Reason: String, Sendable, CaseIterable {
        case undecodable
        case unsupportedSchema = "unsupported_schema"
        case unsupportedEncoding = "unsupported_encoding"
        /// Compressed, and larger than a body may be.
        case bodyTooLarge = "body_too_large"
    }

    public let reason: Reason
    /// Which field is wrong; never document text.
    public let detail: String

    public init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    public var description: String { "\(reason.rawValue): \(detail)" }
}
