/// What we receive: owned bytes, copied once off the connection's buffers.
public struct Delivery: Sendable {
    /// Valid on the connection that brought it, which ``connection`` counts.
    public let tag: UInt64
    /// Number of the connection within its consumer; a settle for an older one is forgotten, the broker delivers again.
    public let connection: Int
    /// The broker has (perhaps) delivered it before.
    public let isRedelivered: Bool
    public let exchange: String
    public let routingKey: String
    public let properties: MessageProperties
    public let body: [UInt8]

    public init(
        tag: UInt64, connection: Int, isRedelivered: Bool, exchange: String, routingKey: String,
        properties: MessageProperties, body: [UInt8]
    ) {
        self.tag = tag
        self.connection = connection
        self.isRedelivered = isRedelivered
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }
}

extension Delivery {
    /// What a settlement needs to know of it.
    struct Place: Sendable {
        let tag: UInt64
        let connection: Int
    }

    var place: Place { Place(tag: tag, connection: connection) }
}

/// The answer to a delivery.
public enum Settlement: Sendable, Equatable {
    /// The next stage is safe: forget it.
    case acknowledge
    /// Hand it back politely, for us or another replica.
    case requeue
}
