import FlyingFox
import FoundationEssentials

/// A request that came in. Its body is read only when asked for.
public struct ServedRequest: Sendable {
    private let request: FlyingFox.HTTPRequest

    init(_ request: FlyingFox.HTTPRequest) { self.request = request }

    /// `GET`, `HEAD`, `POST`, …
    public var method: String { request.method.rawValue }

    /// As it was sent, percent-encoded, with `.` and `..` resolved.
    public var path: String { request.path }

    /// What comes after the question mark.
    public var query: FormFields { FormFields(request.target.query()) }

    public func header(_ name: String) -> String? { request.headers[HTTPHeader(name)] }

    /// The value of a cookie.
    public func cookie(_ name: String) -> String? {
        for pair in (header("Cookie") ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, String(parts[0]).trimming(\.isWhitespace) == name {
                return String(parts[1]).trimming(\.isWhitespace)
            }
        }
        return nil
    }

    /// The fields of a form in the body; nil when the body is longer than `limit` bytes or breaks off.
    public func form(limit: Int = 1 << 20) async -> FormFields? {
        var body: [UInt8] = []
        do {
            for try await part in request.bodySequence {
                guard body.count + part.count <= limit else { return nil }
                body += part
            }
        } catch {
            return nil
        }
        return FormFields(String(decoding: body, as: UTF8.self))
    }
}
