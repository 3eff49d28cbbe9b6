import Dispatch
import Glibc
import Synchronization

/// A raw TCP server on 127.0.0.1 that lets a test decide every byte.
///
/// Each connection has a thread of its own, on which the handler runs with blocking calls; the connection closes when it
/// returns. ``stop()`` ends everything; all blocking calls then return "closed".
public final class LoopbackServer: Sendable {
    /// What a handler reads of a request.
    public struct Request: Sendable {
        public var method = ""
        public var path = ""
        /// Names in lower case.
        public var headers: [String: String] = [:]
        public var body: [UInt8] = []
    }

    private struct State {
        var descriptors: Set<Int32> = []
        var accepted = 0
        var isStopped = false
    }

    public let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    public init(_ handler: @escaping @Sendable (Connection) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                Glibc.bind(listener, plain, length) == 0 && listen(listener, 512) == 0
                    && getsockname(listener, plain, &length) == 0
            }
        }
        guard bound else { throw Failure() }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Self.thread { [self] in accept(handler) }
    }

    public struct Failure: Error {}

    public var url: String { "http://127.0.0.1:\(port)" }

    /// Connections accepted so far.
    public var acceptedConnections: Int { state.withLock { $0.accepted } }

    public func stop() {
        let descriptors = state.withLock { state in
            state.isStopped = true
            return state.descriptors
        }
        shutdown(listener, Int32(SHUT_RDWR))
        for descriptor in descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    private func accept(_ handler: @escaping @Sendable (Connection) -> Void) {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let isOpen = state.withLock { state in
                guard !state.isStopped else { return false }
                state.accepted += 1
                state.descriptors.insert(descriptor)
                return true
            }
            guard isOpen else {
                close(descriptor)
                break
            }
            Self.thread { [self] in
                handler(Connection(descriptor: descriptor))
                state.withLock { _ = $0.descriptors.remove(descriptor) }
                close(descriptor)
            }
        }
        close(listener)
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        // Not a dispatch queue: its pool is bounded, and blocked handlers would fill it.
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

extension LoopbackServer {
    /// One accepted connection. Belongs to its handler's thread.
    public final class Connection {
        private let descriptor: Int32
        private var buffer: [UInt8] = []
        private var lastPeer: Int32 = -1

        init(descriptor: Int32) {
            self.descriptor = descriptor
            var flag: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &flag, socklen_t(MemoryLayout<Int32>.size))
        }

        /// The next request with its whole body; nil when the peer has closed.
        public func readRequest() -> Request? {
            guard var request = readHead() else { return nil }
            let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
            while buffer.count < length {
                guard fill() else { return nil }
            }
            request.body = Array(buffer.prefix(length))
            buffer.removeFirst(length)
            return request
        }

        /// The next request up to its empty line; a body stays unread.
        public func readHead() -> Request? {
            var end: Int?
            while end == nil {
                end = Self.end(of: buffer)
                if end == nil, !fill() { return nil }
            }
            guard let end else { return nil }
            let head = String(decoding: buffer.prefix(end), as: UTF8.self)
            buffer.removeFirst(end)
            return Self.parse(head)
        }

        /// Exactly so many bytes; nil when the peer closes before.
        public func read(_ count: Int) -> [UInt8]? {
            while buffer.count < count {
                guard fill() else { return nil }
            }
            defer { buffer.removeFirst(count) }
            return Array(buffer.prefix(count))
        }

        /// Waits until the peer, which lives in this process, has read everything; false when it has closed.
        func waitUntilRead() -> Bool {
            while true {
                guard let peer = peerDescriptor() else { return false }
                var byte: UInt8 = 0
                // Leaves the byte where it is.
                let count = recv(peer, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
                if count < 0, errno == EAGAIN { return true }
                guard count > 0 else { return false }
                sched_yield()
            }
        }

        /// The other end of this connection among the process's descriptors. The peer closes and opens as it likes, so it is
        /// looked up anew, beginning where it was.
        private func peerDescriptor() -> Int32? {
            guard let (ours, theirs) = Self.ports(descriptor) else { return nil }
            func isPeer(_ candidate: Int32) -> Bool {
                Self.ports(candidate).map { $0 == (theirs, ours) } ?? false
            }
            if isPeer(lastPeer) { return lastPeer }
            guard let found = (3..<4096).first(where: isPeer) else { return nil }
            lastPeer = found
            return found
        }

        /// Ports of both ends, this one's first; nil when it is no connected socket.
        private static func ports(_ descriptor: Int32) -> (UInt16, UInt16)? {
            var (ours, theirs) = (sockaddr_in(), sockaddr_in())
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutableBytes(of: &ours) { ours in
                withUnsafeMutableBytes(of: &theirs) { theirs in
                    let plain = (
                        ours.assumingMemoryBound(to: sockaddr.self), theirs.assumingMemoryBound(to: sockaddr.self)
                    )
                    return getsockname(descriptor, plain.0.baseAddress!, &length) == 0
                        && getpeername(descriptor, plain.1.baseAddress!, &length) == 0
                }
            }
            return status ? (ours.sin_port, theirs.sin_port) : nil
        }

        @discardableResult
        public func write(_ text: String) -> Bool { write(Array(text.utf8)) }

        /// False when the peer has closed.
        @discardableResult
        public func write(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        /// A complete answer.
        public func answer(status: Int = 200, headers: [String] = [], _ body: [UInt8]) {
            let lines = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.count)"] + headers + ["", ""]
            write(Array(lines.joined(separator: "\r\n").utf8) + body)
        }

        public func answer(status: Int = 200, headers: [String] = [], _ text: String) {
            answer(status: status, headers: headers, Array(text.utf8))
        }

        /// Blocks until the peer closes or the server stops.
        public func waitForClose() { while fill() { buffer.removeAll() } }

        /// Sends the end of the stream; reading goes on.
        public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

        /// Lets the coming close reset the connection instead of ending it in order.
        public func resetOnClose() {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }

        private func fill() -> Bool {
            let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { space, count in
                count = max(0, recv(descriptor, space.baseAddress, space.count, 0))
            }
            buffer += chunk
            return !chunk.isEmpty
        }

        private static func end(of bytes: [UInt8]) -> Int? {
            guard bytes.count >= 4 else { return nil }
            return (3..<bytes.count).first { bytes[$0] == 10 && bytes[$0 - 1] == 13 && bytes[$0 - 2] == 10 }.map {
                $0 + 1
            }
        }

        private static func parse(_ head: String) -> Request {
            let lines = head.split(separator: "\r\n")
            let words = (lines.first ?? "").split(separator: " ")
            var request = Request()
            request.method = words.first.map(String.init) ?? ""
            request.path = words.count > 1 ? String(words[1]) : ""
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                var value = line[line.index(after: colon)...]
                while value.first == " " { value.removeFirst() }
                request.headers[line[..<colon].lowercased()] = String(value)
            }
            return request
        }
    }

    /// Starts a server for the duration of `body`.
    public static func with<Result>(
        _ handler: @escaping @Sendable (Connection) -> Void, isolation: isolated (any Actor)? = #isolation,
        _ body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        let server = try LoopbackServer(handler)
        defer { server.stop() }
        return try await body(server)
    }
}

/// A signal that a handler's thread gives and a test waits for, or the other way round.
public final class Signal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    public init() {}

    public func send() { semaphore.signal() }

    /// Blocks the thread, for handlers; false after the limit.
    @discardableResult
    public func wait(seconds: Double = 10) -> Bool { semaphore.wait(timeout: .now() + seconds) == .success }

    /// Waits without blocking a thread of the pool; false after the limit.
    public func wait(seconds: Double = 10) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: self.wait(seconds: seconds)) }
        }
    }
}
