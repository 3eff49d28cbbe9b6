/// What we send: a body with its properties, addressed to an exchange.
public struct Publishing: Sendable {
    /// The empty name is the default exchange, which routes by queue name.
    public var exchange: String
    public var routingKey: String
    public var properties: MessageProperties
    public var body: [UInt8]

    public init(exchange: String, routingKey: String, properties: MessageProperties, body: [UInt8]) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }
}

/// AMQP properties that the fleet uses (DESIGN §4). Every publishing is persistent.
public struct MessageProperties: Sendable, Equatable {
    public var messageID: String?
    public var type: String?
    public var contentType: String?
    public var contentEncoding: String?
    /// Seconds since 1970, as AMQP has it.
    public var timestamp: UInt64?
    public var appID: String?
    public var headers: [String: HeaderValue] = [:]

    public init(messageID: String? = nil, type: String? = nil, contentType: String? = nil) {
        self.messageID = messageID
        self.type = type
        self.contentType = contentType
    }
}

/// A value in a header table. Kinds that the fleet never sends are kept as a name only.
public enum HeaderValue: Sendable, Equatable {
    case string(String)
    case int(Int64)
    case bool(Bool)
    case array([HeaderValue])
    case table([String: HeaderValue])
    /// Seconds since 1970; a stream takes it as `x-stream-offset`.
    case timestamp(UInt64)
    /// Another field kind, named by its AMQP letter.
    case other(Character)

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var int: Int64? { if case .int(let number) = self { number } else { nil } }
}
