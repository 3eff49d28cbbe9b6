import Glibc

/// One connection of a client to a ``FakePeer``, or of a raw client to a real broker. Belongs to its thread; calls block.
public final class PeerSession {
    /// The other side has closed.
    public struct Gone: Error {}

    private let connection: LoopbackServer.Connection
    /// From 1, over all connections of the peer.
    public let number: Int

    init(_ connection: LoopbackServer.Connection, number: Int) {
        self.connection = connection
        self.number = number
    }

    // MARK: Receiving

    public func read(_ count: Int) throws(Gone) -> [UInt8] {
        guard let bytes = connection.read(count) else { throw Gone() }
        return bytes
    }

    /// The next frame that is no heartbeat.
    public func receive() throws(Gone) -> WireFrame {
        while true {
            let head = try read(7)
            let size = head[3...].reduce(0) { $0 << 8 | Int($1) }
            let payload = try read(size)
            _ = try read(1)
            if head[0] != 8 {
                return WireFrame(type: head[0], channel: UInt16(head[1]) << 8 | UInt16(head[2]), payload: payload)
            }
        }
    }

    /// The next such method; others before it are passed over, but for the end of the connection.
    @discardableResult
    public func receive(_ method: WireFrame.Method) throws(Gone) -> WireFrame {
        while true {
            let frame = try receive()
            if frame.method == method { return frame }
            if frame.method == .closeConnection { throw Gone() }
        }
    }

    /// Reads until the client has gone.
    public func waitForClose() { while (try? receive()) != nil {} }

    // MARK: Sending

    public func send(_ frames: WireFrame...) throws(Gone) { try send(bytes: frames.bytes) }

    public func send(_ frames: [WireFrame]) throws(Gone) { try send(bytes: frames.bytes) }

    public func send(bytes: [UInt8]) throws(Gone) {
        guard connection.write(bytes) else { throw Gone() }
    }

    /// Sends in two parts, the second when the client has read the first.
    public func send(bytes: [UInt8], splitAt position: Int) throws(Gone) {
        try send(bytes: Array(bytes[..<position]))
        try waitUntilRead()
        try send(bytes: Array(bytes[position...]))
        try waitUntilRead()
    }

    public func sendByteByByte(_ bytes: [UInt8]) throws(Gone) {
        for byte in bytes {
            try send(bytes: [byte])
            try waitUntilRead()
        }
    }

    private func waitUntilRead() throws(Gone) {
        guard connection.waitUntilRead() else { throw Gone() }
    }

    // MARK: Being a broker

    /// Plays the broker's part until the connection is open.
    public func handshake(_ tune: WireFrame = .tune()) throws(Gone) {
        _ = try read(8)
        try send(.start())
        try receive(.startOK)
        try send(tune)
        try receive(.tuneOK)
        try receive(.openConnection)
        try send(.connectionOpened)
    }

    /// Answers questions as a broker does that has everything, up to and including `last`.
    public func answer(upTo last: WireFrame.Method) throws(Gone) {
        while true {
            guard let method = try receive().method else { continue }
            switch method {
            case .openChannel: try send(.channelOpened)
            case .selectConfirms: try send(.confirmsSelected)
            case .limitDeliveries: try send(.deliveriesLimited)
            case .declareQueue: try send(.queueDeclared())
            case .consume: try send(.consuming)
            case .cancel: try send(.cancelled)
            case .closeConnection: try send(.connectionCloseOK)
            default: break
            }
            if method == last { return }
        }
    }

    /// Answers everything until the client has gone; publishings are confirmed one by one.
    public func serve() throws(Gone) {
        var published: UInt64 = 0
        while true {
            let frame = try receive()
            guard frame.method == .publish else {
                try answer(frame)
                continue
            }
            try readContent()
            published += 1
            try send(.ack(published))
        }
    }

    private func answer(_ frame: WireFrame) throws(Gone) {
        switch frame.method {
        case .limitDeliveries: try send(.deliveriesLimited)
        case .cancel: try send(.cancelled)
        case .closeConnection: try send(.connectionCloseOK)
        default: break
        }
    }

    /// The content that follows a publishing.
    @discardableResult
    public func readContent() throws(Gone) -> [UInt8] {
        let header = try receive().payload
        let size = header[4..<12].reduce(0) { $0 << 8 | Int($1) }
        var body: [UInt8] = []
        while body.count < size { body += try receive().payload }
        return body
    }
}
