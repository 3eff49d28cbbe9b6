import CRabbitMQ
import CShims
import Glibc

extension ConnectionHandle {
    /// Connects and logs in. Blocks the thread for up to twice the connect timeout, and for the time the resolver takes.
    ///
    /// - Parameter name: shown in the broker's list of connections.
    /// - Throws: `unavailable`, `unauthorized`, `protocolViolation`.
    static func open(_ settings: BrokerSettings, name: String) throws(BrokerError) -> ConnectionHandle {
        guard let state = amqp_new_connection() else { throw BrokerError(.unavailable, "out of memory") }
        var isOwned = true
        defer { if isOwned { amqp_destroy_connection(state) } }
        let socket = try makeSocket(state, settings)
        var timeout = timeval(settings.connectTimeout)
        let status = amqp_socket_open_noblock(socket, settings.url.host, Int32(settings.port), &timeout)
        guard status == AMQP_STATUS_OK.rawValue else { throw openingFault(status, settings) }
        let descriptor = amqp_get_sockfd(state)
        guard let watch = SocketWatchdog.shared.watch(descriptor) else {
            throw BrokerError(.unavailable, "the process is out of file descriptors")
        }
        do {
            amqp_set_handshake_timeout(state, &timeout)
            amqp_set_rpc_timeout(state, &timeout)
            let seconds = settings.connectTimeout / .seconds(1) + 1
            try watch.limited(seconds) { Result { () throws(BrokerError) in try logIn(state, settings, name) } }.get()
        } catch {
            SocketWatchdog.shared.remove(watch)
            throw error
        }
        isOwned = false
        return ConnectionHandle(state: state, descriptor: descriptor, watch: watch, stallTimeout: settings.stallTimeout)
    }

    private static func makeSocket(
        _ state: amqp_connection_state_t, _ settings: BrokerSettings
    ) throws(BrokerError) -> OpaquePointer {
        guard settings.usesTLS else {
            guard let socket = amqp_tcp_socket_new(state) else { throw BrokerError(.unavailable, "out of memory") }
            return socket
        }
        guard let socket = amqp_ssl_socket_new(state) else {
            throw BrokerError(.unavailable, "TLS cannot be initialised")
        }
        amqp_ssl_socket_set_verify_peer(socket, 1)
        amqp_ssl_socket_set_verify_hostname(socket, 1)
        guard amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) == AMQP_STATUS_OK.rawValue else {
            throw BrokerError(.unavailable, "TLS 1.2 is not available")
        }
        guard let file = settings.certificateAuthorityFile,
            amqp_ssl_socket_set_cacert(socket, file) == AMQP_STATUS_OK.rawValue
        else {
            throw BrokerError(.unavailable, "OHRA_AMQP_CA_FILE holds no usable certificate")
        }
        return socket
    }

    private static func openingFault(_ status: Int32, _ settings: BrokerSettings) -> BrokerError {
        switch status {
        case AMQP_STATUS_SSL_PEER_VERIFY_FAILED.rawValue:
            BrokerError(
                .unavailable,
                "the certificate of \(settings.url) is refused: OHRA_AMQP_CA_FILE's authority has not signed it, or it has"
                    + " expired")
        case AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED.rawValue:
            BrokerError(.unavailable, "the certificate of \(settings.url) is for another host name")
        case AMQP_STATUS_SSL_CONNECTION_FAILED.rawValue:
            BrokerError(.unavailable, "no TLS with \(settings.url): the handshake failed; is this its port for TLS?")
        default: LibraryError.unreachable(status, settings.address)
        }
    }

    private static func logIn(
        _ state: amqp_connection_state_t, _ settings: BrokerSettings, _ name: String
    ) throws(BrokerError) {
        let pool = MemoryPool()
        // Without these the broker neither says that it blocks us nor that it ended a subscription.
        var properties = pool.table([
            "product": .string("ohra-worker-sync"),
            "connection_name": .string(name),
            "capabilities": .table([
                "connection.blocked": .bool(true), "consumer_cancel_notify": .bool(true), "basic.nack": .bool(true),
                "publisher_confirms": .bool(true), "authentication_failure_close": .bool(true),
            ]),
        ])
        // 131072: the broker's own default. 0 would make the library allocate empty buffers, 4096 is refused by 4.1.
        let reply = ohra_amqp_login_plain(
            state, settings.virtualHost, 1, 131_072, Int32(max(1, settings.heartbeat.components.seconds)), &properties,
            settings.user, settings.password.reveal())
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION: throw LibraryError.refusal(reply.reply, subject: settings.address)
        default: throw LibraryError.loginDropped(reply.library_error, settings.address)
        }
    }
}

extension timeval {
    init(_ duration: Duration) {
        let parts = duration.components
        self.init(tv_sec: Int(parts.seconds), tv_usec: Int(parts.attoseconds / 1_000_000_000_000))
    }
}
