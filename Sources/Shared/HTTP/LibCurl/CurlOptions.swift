extension CurlTransport {
    /// What all requests of one transport share.
    public struct Options: Sendable, Equatable {
        /// Open connections to one host; further requests queue, within their deadline. 0 means no limit.
        public var maximumConnectionsPerHost: Int
        /// Idle connections kept open, over all hosts.
        public var maximumIdleConnections: Int
        /// Resolving, TCP and TLS together.
        public var connectTimeout: Duration
        /// A transfer that moves nothing for this long ends with ``HTTPError/Code/timedOut``.
        public var stallTimeout: Duration
        /// A connection older than this is not used again, so that renewed certificates and addresses are noticed.
        public var maximumConnectionAge: Duration
        /// PEM file of the authorities that are trusted, nil for the system's.
        public var certificateAuthorityFile: String?
        /// URL of a proxy; empty means none, whatever the environment says.
        public var proxy: String

        public init(
            maximumConnectionsPerHost: Int = 16, maximumIdleConnections: Int = 32,
            connectTimeout: Duration = .seconds(10), stallTimeout: Duration = .seconds(30),
            maximumConnectionAge: Duration = .seconds(600), certificateAuthorityFile: String? = nil, proxy: String = ""
        ) {
            self.maximumConnectionsPerHost = maximumConnectionsPerHost
            self.maximumIdleConnections = maximumIdleConnections
            self.connectTimeout = connectTimeout
            self.stallTimeout = stallTimeout
            self.maximumConnectionAge = maximumConnectionAge
            self.certificateAuthorityFile = certificateAuthorityFile
            self.proxy = proxy
        }
    }
}
