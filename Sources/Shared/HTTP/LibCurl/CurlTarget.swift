import CCurl

/// A request that may be sent: its URL taken apart by libcurl's own parser, its headers free of injections.
///
/// The parser that judges must be the parser that connects (research/reliability §6, SSRF).
struct CurlTarget: Sendable {
    /// Host and port, for errors and logs.
    let endpoint: String
    /// `name: value` lines in libcurl's form.
    let headerLines: [String]

    init(_ request: HTTPRequest) throws(HTTPError) {
        guard let url = CurlURL(request.url), url.isHTTP else {
            throw HTTPError(
                .invalidRequest, endpoint: "(invalid URL)",
                message: "the URL is not an absolute http or https URL without user info and control characters")
        }
        endpoint = url.endpoint
        var lines: [String] = []
        for header in request.headers {
            guard let line = Self.line(header.name, header.value) else {
                throw HTTPError(
                    .invalidRequest, endpoint: url.endpoint,
                    message: "header \(lines.count + 1) has a name or value that must not be sent")
            }
            lines.append(line)
        }
        headerLines = lines
    }

    private static func line(_ name: String, _ value: String) -> String? {
        let isToken = !name.isEmpty && name.utf8.allSatisfy(isTokenByte)
        guard isToken, !framing.contains(name.lowercased()), !value.utf8.contains(where: { [0, 10, 13].contains($0) })
        else { return nil }
        // To libcurl `Name:` means "leave this header out" and `Name;` means "send it empty".
        return value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? "\(name);" : "\(name): \(value)"
    }

    /// Headers that frame the message; only libcurl may write them.
    private static let framing: Set<String> = ["content-length", "transfer-encoding", "connection", "expect", "host"]

    /// RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
