import FoundationEssentials

/// The address of a service: scheme, host, port and base path; never user info, query or fragment.
public struct ServiceURL: Sendable, Equatable, CustomStringConvertible {
    public let scheme: String
    /// Lower case, without brackets.
    public let host: String
    /// nil means the scheme's own port.
    public let port: Int?
    /// Percent-encoded, empty or starting with a slash, without a slash at the end.
    public let path: String

    /// - Throws: ``SettingsError/Fault`` text that says what is wrong with `text`, without repeating it.
    public init(_ text: String, schemes: [String]) throws(Fault) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased() else {
            throw Fault("is not a URL; expected \(schemes[0])://host")
        }
        guard schemes.contains(scheme) else {
            throw Fault("has the scheme '\(scheme)'; expected \(schemes.joined(separator: " or "))")
        }
        guard parts.user == nil, parts.password == nil else {
            throw Fault("holds user info; put user and password in their own settings")
        }
        guard let host = parts.host, !host.isEmpty else { throw Fault("has no host name") }
        guard parts.query == nil, parts.fragment == nil else { throw Fault("has a query or fragment; leave it out") }
        if let port = parts.port, !(1...65535).contains(port) { throw Fault("has no valid port") }
        self.scheme = scheme
        self.host = host.lowercased().trimming { $0 == "[" || $0 == "]" }
        port = parts.port
        var path = parts.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// Another service on a host that is known already.
    init(scheme: String, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
        path = ""
    }

    public struct Fault: Error {
        public let text: String
        init(_ text: String) { self.text = text }
    }

    /// Scheme, host and port.
    public var origin: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(scheme)://\(name):\($0)" } ?? "\(scheme)://\(name)"
    }

    public var description: String { origin + path }

    /// Whether the host is this machine.
    public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// The URL of a path below this one.
    ///
    /// - Parameter path: percent-encoded, with a slash in front.
    public func appending(_ path: String) -> String { origin + self.path + path }
}
