import Glibc
import Synchronization

/// A TCP relay in front of a broker that can cut or freeze what goes through it. Without a target it accepts and is silent.
final class FaultProxy: Sendable {
    private struct State {
        var pairs: [(Int32, Int32)] = []
        var isFrozen = false
        var isOver = false
        var accepted = 0
    }

    private let state = Mutex(State())
    private let listener: Int32
    private let target: UInt16?
    private let bytesPerSecond: Int?
    let port: UInt16

    /// - Parameter bytesPerSecond: of each direction of each connection; nil for no limit.
    init(target: UInt16?, bytesPerSecond: Int? = nil) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.bytesPerSecond = bytesPerSecond
        if bytesPerSecond != nil {
            // Inherited by what is accepted: the client is to feel the link's pace, not fill a buffer at once, and in
            // segments as small as a network's, not loopback's of 64 KB.
            var size: Int32 = 8192
            var segment: Int32 = 1400
            setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
            setsockopt(listener, Int32(IPPROTO_TCP), TCP_MAXSEG, &segment, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) | listen(descriptor, 64) | getsockname(descriptor, address, &length)
            }
        }
        guard status == 0 else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
        self.target = target
        Self.thread { self.accept() }
    }

    struct Failure: Error {}

    var accepted: Int { state.withLock { $0.accepted } }

    /// Ends every connection.
    func cut() {
        state.withLock { state in
            for (client, server) in state.pairs {
                shutdown(client, Int32(SHUT_RDWR))
                if server >= 0 { shutdown(server, Int32(SHUT_RDWR)) }
            }
            state.pairs = []
        }
    }

    /// Stops reading and writing without closing anything.
    func freeze(_ isFrozen: Bool = true) { state.withLock { $0.isFrozen = isFrozen } }

    func end() {
        state.withLock { $0.isOver = true }
        cut()
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            if client < 0 || state.withLock({ $0.isOver }) {
                close(listener)
                return
            }
            guard let target else {
                state.withLock {
                    $0.accepted += 1
                    $0.pairs.append((client, -1))
                }
                continue
            }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Self.loopback(target)
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard status == 0 else {
                close(client)
                close(server)
                continue
            }
            state.withLock {
                $0.accepted += 1
                $0.pairs.append((client, server))
            }
            Self.thread { self.relay(client, server) }
            Self.thread { self.relay(server, client) }
        }
    }

    private func relay(_ source: Int32, _ sink: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            if state.withLock({ $0.isFrozen && !$0.isOver }) {
                // A frozen link shows nothing to wait on; this is how often it looks whether it was thawed.
                usleep(20_000)
                continue
            }
            var descriptor = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 50) != 0 else {
                if state.withLock({ $0.isOver }) { break }
                continue
            }
            if let bytesPerSecond {
                // The pace itself is what is simulated.
                usleep(50_000)
                buffer = Array(buffer.prefix(max(1, bytesPerSecond / 20)))
            }
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            var offset = 0
            while offset < count {
                let sent = buffer.withUnsafeBytes {
                    send(sink, $0.baseAddress! + offset, count - offset, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { break }
                offset += sent
            }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(sink, Int32(SHUT_RDWR))
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(Box(body)).toOpaque())
        pthread_detach(thread)
    }
}
