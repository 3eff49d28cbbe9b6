extension DeadLetter {
    /// Headers that only a dead letter has.
    public enum Header {
        public static let reason = "x-reason"
        public static let detail = "x-detail"
        public static let stage = "x-stage"
        public static let document = "x-document"
        /// Seconds since 1970.
        public static let failedAt = "x-failed-at"
        /// The message id that the letter's message had at work.
        public static let originalMessage = "x-original-message"

        static let all = [reason, detail, stage, document, failedAt, originalMessage]
    }

    /// The id of the dead letter of a message: the same message and body always give the same one.
    public static func id(originalMessage: String, body: [UInt8]) -> String {
        let name = ["dead-letter", originalMessage, ContentHash.hex(body)].joined(separator: "\u{1F}")
        return PointID(namespace: PointIdentity.namespace, name: name).description
    }

    /// The publishing that puts a dead letter's body back to work, as if it came for the first time.
    ///
    /// It is what was published before it failed, headers and message id included: a message that dies and is replayed a
    /// hundred times is no larger than it was, and each time makes the same dead letter.
    public static func replay(
        of body: [UInt8], properties: MessageProperties, to stage: Topology.Stage, topology: Topology
    ) -> Publishing {
        var properties = properties
        if let original = properties.headers[Header.originalMessage]?.string { properties.messageID = original }
        properties.headers = properties.headers.withoutBrokerHeaders.filter { !Header.all.contains($0.key) }
        properties.headers["x-attempt"] = .int(1)
        return Publishing(
            exchange: topology.exchange, routingKey: topology.againKey(stage), properties: properties, body: body)
    }
}
