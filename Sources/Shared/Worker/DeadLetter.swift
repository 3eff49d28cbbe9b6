import FoundationEssentials

/// A message, or a part of one, on its way to the dead letters of its stage: the original body plus why it is there.
public struct DeadLetter: Sendable {
    public let stage: Topology.Stage
    public let fault: Fault
    /// The document that is to blame, where one is known.
    public let documentID: String?

    public init(stage: Topology.Stage, fault: Fault, documentID: String?) {
        self.stage = stage
        self.fault = fault
        self.documentID = documentID
    }

    /// The publishing that carries `body` with the properties it came with and the reason in headers.
    ///
    /// Its message id is its own, as several parts of one message may be rejected; the original one is kept in a header. It
    /// is derived from message and body, so that the same letter written twice (killed between the confirm and the
    /// acknowledgement, or replayed twice) is recognised as one.
    public func publishing(of body: [UInt8], properties: MessageProperties, topology: Topology) -> Publishing {
        var properties = properties
        properties.headers = properties.headers.withoutBrokerHeaders
        properties.headers[Header.originalMessage] = properties.messageID.map { .string($0) }
        properties.messageID =
            properties.messageID.map { Self.id(originalMessage: $0, body: body) } ?? UUID().uuidString.lowercased()
        properties.headers[Header.reason] = .string(fault.reason)
        properties.headers[Header.detail] = .string(String(fault.detail.prefix(500)))
        properties.headers[Header.stage] = .string(stage.rawValue)
        properties.headers[Header.failedAt] = .int(Int64(Date().timeIntervalSince1970))
        if let documentID { properties.headers[Header.document] = .string(documentID) }
        return Publishing(
            exchange: topology.exchange, routingKey: topology.deadKey(stage), properties: properties, body: body)
    }
}

extension [String: HeaderValue] {
    /// These headers without those the broker keeps itself. RabbitMQ 3.x reads an `x-death` sent by a client and drops
    /// messages it thinks are cycling.
    var withoutBrokerHeaders: [String: HeaderValue] {
        let broker = ["x-death", "x-first-death", "x-last-death", "x-delivery-count", "x-acquired-count"]
        return filter { key, _ in !broker.contains { key.hasPrefix($0) } }
    }
}
