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
    public func publishing(of body: [UInt8], properties: MessageProperties, topology: Topology) -> Publishing {
        var properties = properties
        properties.headers = properties.headers.withoutBrokerHeaders
        properties.headers["x-reason"] = .string(fault.reason)
        properties.headers["x-detail"] = .string(String(fault.detail.prefix(500)))
        properties.headers["x-stage"] = .string(stage.rawValue)
        properties.headers["x-failed-at"] = .int(Int64(Date().timeIntervalSince1970))
        if let documentID { properties.headers["x-document"] = .string(documentID) }
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
