import CRabbitMQ
import CShims
import Glibc

/// The library's connection object with its socket and its one channel.
///
/// **Isolation**: used by one thread at a time; not `Sendable`. **Ownership**: frees the object when it goes. After any error
/// it is only good for that: the library aborts the process on some calls in a broken state.
final class ConnectionHandle {
    /// One channel per connection: the library loses frames of others while it waits for one.
    static let channel: amqp_channel_t = 1

    let state: amqp_connection_state_t
    let pool = MemoryPool()
    let descriptor: Int32
    /// Largest frame agreed on, bytes.
    let maximumFrame: Int
    private let watch: SocketWatchdog.Watch
    private let stallSeconds: Double
    private var assembler = ContentAssembler()

    /// Takes over `state`, connected and logged in.
    init(state: amqp_connection_state_t, descriptor: Int32, watch: SocketWatchdog.Watch, stallTimeout: Duration) {
        self.state = state
        self.descriptor = descriptor
        self.watch = watch
        maximumFrame = Int(amqp_get_frame_max(state))
        stallSeconds = stallTimeout / .seconds(1)
        watch.limitSilence(seconds: 2 * Int(amqp_get_heartbeat(state)))
    }

    deinit {
        SocketWatchdog.shared.remove(watch)
        amqp_destroy_connection(state)
    }

    /// Whether frames wait in the library's own buffers, where `poll` cannot see them.
    var hasBufferedFrames: Bool { amqp_frames_enqueued(state) != 0 || amqp_data_in_buffer(state) != 0 }

    /// Whether a content, or a frame, has begun and not ended.
    var isAmidMessage: Bool { assembler.isAmidContent || amqp_release_buffers_ok(state) == 0 }

    /// Methods, content headers and content bodies received so far; heartbeats do not count.
    private(set) var frameCount: UInt64 = 0

    /// The next complete frame or content, nil when there is none yet. Sends heartbeats that are due.
    ///
    /// - Throws: `connectionLost` (peer silence of two heartbeats included) or `protocolViolation`.
    func receive() throws(BrokerError) -> IncomingFrame? {
        while true {
            var frame = amqp_frame_t()
            let status = watch.limited(stallSeconds) {
                var zero = timeval()
                return amqp_simple_wait_frame_noblock(state, &frame, &zero)
            }
            if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
            guard status == AMQP_STATUS_OK.rawValue else { throw LibraryError.lost(status) }
            if Int32(frame.frame_type) != AMQP_FRAME_HEARTBEAT { frameCount += 1 }
            let event = try assembler.take(frame)
            // Everything is copied by now; without this the library keeps each frame until the connection ends.
            amqp_maybe_release_buffers_on_channel(state, frame.channel)
            if let event { return event }
        }
    }

    /// Writes a publishing, mandatory and persistent.
    ///
    /// - Throws: `connectionLost`; how much of it the broker got is unknown then.
    func publish(_ publishing: Publishing) throws(BrokerError) {
        defer { pool.recycle() }
        var properties = publishing.properties.raw(in: pool)
        let exchange = pool.bytes(publishing.exchange)
        let routingKey = pool.bytes(publishing.routingKey)
        let status = publishing.body.withUnsafeBytes { body in
            watch.limited(stallSeconds + Double(body.count) / 8192) {
                amqp_basic_publish(
                    state, Self.channel, exchange, routingKey, 1, 0, &properties,
                    amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress)))
            }
        }
        guard status == AMQP_STATUS_OK.rawValue else { throw LibraryError.lost(status) }
    }

    func acknowledge(_ tag: UInt64, multiple: Bool) throws(BrokerError) {
        try check { amqp_basic_ack(state, Self.channel, tag, multiple ? 1 : 0) }
    }

    /// Nack, not reject: a polite hand-back, which newer brokers do not count as a failed delivery.
    func requeue(_ tag: UInt64) throws(BrokerError) {
        try check { amqp_basic_nack(state, Self.channel, tag, 0, 1) }
    }

    func send<Method: BitwiseCopyable>(
        _ method: Method, _ number: amqp_method_number_t, channel: amqp_channel_t = channel
    ) throws(BrokerError) {
        var method = method
        try check { withUnsafeMutablePointer(to: &method) { amqp_send_method(state, channel, number, $0) } }
    }

    private func check(_ call: () -> Int32) throws(BrokerError) {
        defer { pool.recycle() }
        let status = watch.limited(stallSeconds, call)
        guard status == AMQP_STATUS_OK.rawValue else { throw LibraryError.lost(status) }
    }
}
