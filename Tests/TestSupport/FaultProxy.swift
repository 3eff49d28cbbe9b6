import Glibc
import Synchronization

/// A TCP relay in front of a broker that can cut or freeze what goes through it. Without a target it accepts and is silent.
public final class FaultProxy: Sendable {
    /// When a connection is cut. Armed ones are used up one after another, each by the first connection that it fits.
    public enum Cut: Sendable, Equatable {
        /// After so many bytes from the client, wherever in a frame that is.
        case afterSending(bytes: Int)
        /// With the first publisher confirm after so many bytes from the client: the broker has the publishing, and the
        /// client never learns of it.
        case insteadOfConfirm(afterSending: Int)
    }

    /// How fast each direction of each connection may be.
    public struct Pace: Sendable {
        let bytesPerSecond: Int
        /// Bytes from the client that pass before at full speed.
        let start: Int

        public init(bytesPerSecond: Int, afterSending start: Int = 0) {
            self.bytesPerSecond = bytesPerSecond
            self.start = start
        }
    }

    private final class Pair: Sendable {
        let client: Int32
        let server: Int32
        /// From the client, passed on.
        let sent = Atomic(0)
        /// Directions that are still relayed.
        let relays = Atomic(2)

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }

        func end() {
            shutdown(client, Int32(SHUT_RDWR))
            if server >= 0 { shutdown(server, Int32(SHUT_RDWR)) }
        }

        func close() {
            Glibc.close(client)
            if server >= 0 { Glibc.close(server) }
        }
    }

    private struct State {
        var pairs: [Pair] = []
        var isFrozen = false
        var isOver = false
        var pace: Pace?
        var accepted = 0
        var armed: [Cut] = []
        var done = 0
    }

    private let state = Mutex(State())
    private let listener: Int32
    private let target: UInt16?
    public let port: UInt16

    /// - Parameter pace: nil for no limit.
    public init(target: UInt16?, pace: Pace? = nil) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        state.withLock { $0.pace = pace }
        if pace != nil {
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

    public struct Failure: Error {}

    public var accepted: Int { state.withLock { $0.accepted } }

    /// Cuts that have happened.
    public var cuts: Int { state.withLock { $0.done } }

    public func arm(_ cuts: [Cut]) { state.withLock { $0.armed += cuts } }

    /// Ends every connection.
    public func cut() {
        state.withLock { state in
            for pair in state.pairs { pair.end() }
            // The others are closed by their relays. Nobody relays where there is no target.
            for pair in state.pairs where pair.server < 0 { pair.close() }
            state.pairs.removeAll { $0.server < 0 }
        }
    }

    /// Applies at once, to connections that are there as well; nil lifts the limit.
    public func setPace(_ pace: Pace?) { state.withLock { $0.pace = pace } }

    /// Stops reading and writing without closing anything.
    public func freeze(_ isFrozen: Bool = true) { state.withLock { $0.isFrozen = isFrozen } }

    public func end() {
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
                add(Pair(client: client, server: -1))
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
            let pair = Pair(client: client, server: server)
            add(pair)
            Self.thread { self.relay(pair, isFromClient: true) }
            Self.thread { self.relay(pair, isFromClient: false) }
        }
    }

    private func add(_ pair: Pair) {
        state.withLock {
            $0.accepted += 1
            $0.pairs.append(pair)
        }
    }

    private func relay(_ pair: Pair, isFromClient: Bool) {
        let (source, sink) = isFromClient ? (pair.client, pair.server) : (pair.server, pair.client)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var descriptor = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 50) != 0 else {
                if state.withLock({ $0.isOver }) { break }
                continue
            }
            // After the wait, so that nothing written after ``freeze(_:)`` gets through.
            if state.withLock({ $0.isFrozen && !$0.isOver }) {
                // A frozen link shows nothing to wait on; this is how often it looks whether it was thawed.
                usleep(20_000)
                continue
            }
            var most = buffer.count
            if let pace = state.withLock({ $0.pace }), pair.sent.load(ordering: .relaxed) >= pace.start {
                // The pace itself is what is simulated.
                usleep(50_000)
                most = max(1, pace.bytesPerSecond / 20)
            }
            let count = recv(source, &buffer, most, 0)
            guard count > 0 else { break }
            let allowed = allowed(buffer[..<count], of: pair, isFromClient: isFromClient)
            var offset = 0
            while offset < allowed {
                let sent = buffer.withUnsafeBytes {
                    send(sink, $0.baseAddress! + offset, allowed - offset, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { break }
                offset += sent
            }
            if isFromClient { pair.sent.add(allowed, ordering: .relaxed) }
            if allowed < count { break }
        }
        state.withLock { state in
            pair.end()
            guard pair.relays.subtract(1, ordering: .relaxed).newValue == 0 else { return }
            // Out of the list first: a closed descriptor may be somebody else's next.
            state.pairs.removeAll { $0 === pair }
            pair.close()
        }
    }

    /// How many of these bytes go on; fewer than all when it is time to cut.
    private func allowed(_ bytes: ArraySlice<UInt8>, of pair: Pair, isFromClient: Bool) -> Int {
        state.withLock { state in
            let sent = pair.sent.load(ordering: .relaxed)
            switch state.armed.first {
            case .afterSending(let limit) where isFromClient && sent + bytes.count > limit:
                state.armed.removeFirst()
                state.done += 1
                return max(0, limit - sent)
            case .insteadOfConfirm(let limit) where !isFromClient && sent > limit && Self.holdsConfirm(bytes):
                state.armed.removeFirst()
                state.done += 1
                return 0
            default: return bytes.count
            }
        }
    }

    /// Whether a `basic.ack` is among these bytes: class 60, method 80, after a frame's type, channel 1 and size 13.
    private static func holdsConfirm(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.firstRange(of: [1, 0, 1, 0, 0, 0, 13, 0, 60, 0, 80]) != nil
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
