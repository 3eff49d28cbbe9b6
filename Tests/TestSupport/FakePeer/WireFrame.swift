/// One frame of AMQP 0-9-1 as it is on the wire.
public struct WireFrame: Sendable {
    public static let end: UInt8 = 0xCE

    /// 1 method, 2 content header, 3 content body, 8 heartbeat.
    public var type: UInt8
    public var channel: UInt16
    public var payload: [UInt8]

    public init(type: UInt8, channel: UInt16, payload: [UInt8]) {
        self.type = type
        self.channel = channel
        self.payload = payload
    }

    public var bytes: [UInt8] {
        WireBytes.make { writer in
            writer.octet(type)
            writer.short(channel)
            writer.block(payload)
            writer.octet(Self.end)
        }
    }

    /// Class and method number; nil unless it is a method.
    public var method: Method? {
        guard type == 1, payload.count >= 4 else { return nil }
        return Method(
            UInt16(payload[0]) << 8 | UInt16(payload[1]), UInt16(payload[2]) << 8 | UInt16(payload[3]))
    }

    public struct Method: Hashable, Sendable {
        let family: UInt16
        let number: UInt16

        public init(_ family: UInt16, _ number: UInt16) {
            self.family = family
            self.number = number
        }

        public static let start = Method(10, 10)
        public static let tune = Method(10, 30)
        public static let connectionOpened = Method(10, 41)
        public static let channelOpened = Method(20, 11)
        public static let confirmsSelected = Method(85, 11)
        public static let startOK = Method(10, 11)
        public static let tuneOK = Method(10, 31)
        public static let openConnection = Method(10, 40)
        public static let closeConnection = Method(10, 50)
        public static let closeConnectionOK = Method(10, 51)
        public static let openChannel = Method(20, 10)
        public static let declareQueue = Method(50, 10)
        public static let limitDeliveries = Method(60, 10)
        public static let consume = Method(60, 20)
        public static let cancel = Method(60, 30)
        public static let publish = Method(60, 40)
        public static let acknowledge = Method(60, 80)
        public static let selectConfirms = Method(85, 10)
    }
}

extension [WireFrame] {
    public var bytes: [UInt8] { flatMap(\.bytes) }
}
