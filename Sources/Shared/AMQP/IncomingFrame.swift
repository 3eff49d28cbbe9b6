/// What the broker sends of its own accord or as an answer, complete and copied.
enum IncomingFrame {
    case delivery(IncomingDelivery)
    /// A mandatory publishing that no queue took; the confirm for the same publishing follows.
    case returned(ReturnedPublishing)
    case confirmed(tag: UInt64, multiple: Bool)
    case rejected(tag: UInt64, multiple: Bool)
    case reply(BrokerReply)
    /// The broker ended the subscription: its queue is gone or moving.
    case cancelled
    case channelClosed(BrokerError)
    case connectionClosed(BrokerError)
    case blocked(reason: String)
    case unblocked
}

struct IncomingDelivery {
    var tag: UInt64
    var isRedelivered: Bool
    var exchange: String
    var routingKey: String
    var properties = MessageProperties()
    var body: [UInt8] = []
}

/// A publishing that came back. AMQP does not say its sequence number, so it is recognised by these.
struct ReturnedPublishing: Equatable {
    var exchange: String
    var routingKey: String
    var messageID: String?
    var bodySize: Int
}
