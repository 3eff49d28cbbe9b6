/// A complete answer: status, headers and the decoded body.
public struct HTTPResponse: Sendable {
    public var status: Int
    /// In the order received, names in lower case.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The first value of a header; the name in lower case.
    public subscript(header name: String) -> String? { headers.first { $0.name == name }?.value }
}
