/// A question to the broker that it answers with one method.
enum BrokerCommand: Sendable {
    case openChannel
    case selectConfirms
    /// Per consumer (`global` is refused by RabbitMQ 4.3).
    case limitDeliveries(Int)
    case declareExchange(String, type: String, isPassive: Bool, arguments: [String: HeaderValue])
    case deleteExchange(String)
    case declareQueue(String, isPassive: Bool, isExclusive: Bool, arguments: [String: HeaderValue])
    case deleteQueue(String)
    case purgeQueue(String)
    case bind(queue: String, exchange: String, routingKey: String)
    case unbind(queue: String, exchange: String, routingKey: String)
    case consume(queue: String, consumerTag: String, arguments: [String: HeaderValue])
    case cancel(consumerTag: String)
    case closeConnection

    /// What it is about, for error messages.
    var subject: String? {
        switch self {
        case .declareExchange(let name, _, _, _), .deleteExchange(let name): "exchange \(name)"
        case .declareQueue(let name, _, _, _), .deleteQueue(let name), .purgeQueue(let name): "queue \(name)"
        case .bind(let queue, _, _), .unbind(let queue, _, _), .consume(let queue, _, _): "queue \(queue)"
        case .openChannel, .selectConfirms, .limitDeliveries, .cancel, .closeConnection: nil
        }
    }

    /// Names and keys travel as short strings.
    var names: [String] {
        switch self {
        case .declareExchange(let name, let type, _, _): [name, type]
        case .deleteExchange(let name), .declareQueue(let name, _, _, _), .deleteQueue(let name), .purgeQueue(let name):
            [name]
        case .bind(let queue, let exchange, let key), .unbind(let queue, let exchange, let key): [queue, exchange, key]
        case .consume(let queue, let tag, _): [queue, tag]
        case .cancel(let tag): [tag]
        case .openChannel, .selectConfirms, .limitDeliveries, .closeConnection: []
        }
    }
}

/// The broker's answer to a ``BrokerCommand``.
struct BrokerReply: Sendable {
    /// AMQP's class and method number in one word.
    var method: UInt32
    /// After a queue declaration: messages ready and consumers.
    var depth = QueueDepth(messages: 0, consumers: 0)
}

/// What a queue holds at a moment.
public struct QueueDepth: Sendable, Equatable {
    /// Ready to be delivered; those delivered and not settled do not count.
    public var messages: Int
    public var consumers: Int

    public init(messages: Int, consumers: Int) {
        self.messages = messages
        self.consumers = consumers
    }
}
