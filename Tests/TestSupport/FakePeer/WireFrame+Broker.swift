/// What a broker sends.
extension WireFrame {
    public static func method(
        _ family: UInt16, _ number: UInt16, channel: UInt16 = 1, _ arguments: (inout WireBytes) -> Void = { _ in }
    ) -> WireFrame {
        let payload = WireBytes.make { writer in
            writer.short(family)
            writer.short(number)
            arguments(&writer)
        }
        return WireFrame(type: 1, channel: channel, payload: payload)
    }

    public static let heartbeat = WireFrame(type: 8, channel: 0, payload: [])

    // MARK: Connection

    /// - Parameter properties: the content of the table of server properties.
    public static func start(
        major: UInt8 = 0, minor: UInt8 = 9, properties: [UInt8] = [], mechanisms: String = "PLAIN AMQPLAIN"
    ) -> WireFrame {
        method(10, 10, channel: 0) { writer in
            writer.octet(major)
            writer.octet(minor)
            writer.block(properties)
            writer.longString(mechanisms)
            writer.longString("en_US")
        }
    }

    public static func tune(channels: UInt16 = 2047, frameMax: UInt32 = 131_072, heartbeat: UInt16 = 60) -> WireFrame {
        method(10, 30, channel: 0) { writer in
            writer.short(channels)
            writer.long(frameMax)
            writer.short(heartbeat)
        }
    }

    public static let connectionOpened = method(10, 41, channel: 0) { $0.shortString("") }
    public static let connectionCloseOK = method(10, 51, channel: 0)

    public static func closeConnection(_ code: UInt16, _ text: String) -> WireFrame {
        method(10, 50, channel: 0) { close(code, text, &$0) }
    }

    public static func blocked(_ reason: String) -> WireFrame { method(10, 60, channel: 0) { $0.shortString(reason) } }

    public static let unblocked = method(10, 61, channel: 0)

    // MARK: Channel

    public static let channelOpened = method(20, 11) { $0.longString("") }

    public static func closeChannel(_ code: UInt16, _ text: String) -> WireFrame {
        method(20, 40) { close(code, text, &$0) }
    }

    private static func close(_ code: UInt16, _ text: String, _ writer: inout WireBytes) {
        writer.short(code)
        writer.shortString(text)
        writer.long(0)
    }

    public static let confirmsSelected = method(85, 11)

    public static func queueDeclared(messages: UInt32 = 0, consumers: UInt32 = 0) -> WireFrame {
        method(50, 11) { writer in
            writer.shortString("q")
            writer.long(messages)
            writer.long(consumers)
        }
    }

    // MARK: Basic

    public static let deliveriesLimited = method(60, 11)
    public static let consuming = method(60, 21) { $0.shortString("tag") }
    public static let cancelled = method(60, 31) { $0.shortString("tag") }

    /// The broker ends the subscription.
    public static let cancel = method(60, 30) { writer in
        writer.shortString("tag")
        writer.octet(1)
    }

    public static func ack(_ tag: UInt64, multiple: Bool = false) -> WireFrame {
        method(60, 80) { writer in
            writer.longlong(tag)
            writer.octet(multiple ? 1 : 0)
        }
    }

    public static func nack(_ tag: UInt64, multiple: Bool = false) -> WireFrame {
        method(60, 120) { writer in
            writer.longlong(tag)
            writer.octet(multiple ? 1 : 0)
        }
    }

    public static func deliver(_ tag: UInt64, isRedelivered: Bool = false) -> WireFrame {
        method(60, 60) { writer in
            writer.shortString("tag")
            writer.longlong(tag)
            writer.octet(isRedelivered ? 1 : 0)
            writer.shortString("exchange")
            writer.shortString("key")
        }
    }

    public static func returned(exchange: String = "exchange", key: String = "key") -> WireFrame {
        method(60, 50) { writer in
            writer.short(312)
            writer.shortString("NO_ROUTE")
            writer.shortString(exchange)
            writer.shortString(key)
        }
    }

    // MARK: Content

    /// - Parameter table: the content of the table of headers; nil for none.
    public static func header(
        size: UInt64, messageID: String? = nil, table: [UInt8]? = nil, family: UInt16 = 60, channel: UInt16 = 1
    ) -> WireFrame {
        let payload = WireBytes.make { writer in
            writer.short(family)
            writer.short(0)
            writer.longlong(size)
            writer.short((table == nil ? 0 : 1 << 13) | (messageID == nil ? 0 : 1 << 7))
            if let table { writer.block(table) }
            if let messageID { writer.shortString(messageID) }
        }
        return WireFrame(type: 2, channel: channel, payload: payload)
    }

    public static func body(_ bytes: [UInt8], channel: UInt16 = 1) -> WireFrame {
        WireFrame(type: 3, channel: channel, payload: bytes)
    }

    public static func body(_ text: String) -> WireFrame { body(Array(text.utf8)) }

    /// A whole delivery, its body in as many frames as there are parts.
    public static func delivery(_ tag: UInt64, _ parts: String..., messageID: String? = nil) -> [WireFrame] {
        let size = parts.reduce(0) { $0 + $1.utf8.count }
        return [deliver(tag), header(size: UInt64(size), messageID: messageID)] + parts.map { body($0) }
    }
}
