import Glibc
public import Shared

/// Publishes to a real broker frame by frame, what no client would.
public enum RawPublisher {
    /// Blocks the thread until the broker has confirmed.
    ///
    /// - Parameter header: the content header; see ``WireFrame/header(size:messageID:table:family:channel:)``.
    public static func publish(
        _ settings: BrokerSettings, exchange: String, key: String, header: WireFrame, body: [UInt8]
    ) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(settings.port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw PeerSession.Gone() }
        let session = PeerSession(LoopbackServer.Connection(descriptor: descriptor), number: 1)
        try session.open(settings)
        try session.send([
            .method(60, 40) { writer in
                writer.short(0)
                writer.shortString(exchange)
                writer.shortString(key)
                writer.octet(0)
            }, header, .body(body),
        ])
        try session.receive(.acknowledge)
    }
}

extension PeerSession {
    /// Plays the client's part until publishings are confirmed.
    fileprivate func open(_ settings: BrokerSettings) throws(Gone) {
        try send(bytes: Array("AMQP".utf8) + [0, 0, 9, 1])
        try receive(.start)
        try send(
            .method(10, 11, channel: 0) { writer in
                writer.block([])
                writer.shortString("PLAIN")
                writer.longString("\0\(settings.user)\0\(settings.password.reveal())")
                writer.shortString("en_US")
            })
        try receive(.tune)
        try send(
            .method(10, 31, channel: 0) { writer in
                writer.short(10)
                writer.long(131_072)
                writer.short(0)
            },
            .method(10, 40, channel: 0) { writer in
                writer.shortString(settings.virtualHost)
                writer.shortString("")
                writer.octet(0)
            })
        try receive(.connectionOpened)
        try send(.method(20, 10) { $0.shortString("") })
        try receive(.channelOpened)
        try send(.method(85, 10) { $0.octet(0) })
        try receive(.confirmsSelected)
    }
}
