import FoundationEssentials

/// What the AMQP properties and headers of a fleet message say (DESIGN §4). The body holds the batch only.
public struct MessageEnvelope: Sendable, Equatable {
    /// The wire format's version that this program writes and reads.
    public static let schema = 1

    /// ``DocumentsMessage/type`` or ``VectorsMessage/type``.
    public var type: String
    /// The extractor run that the documents come from.
    public var run: String
    /// Name of the source.
    public var source: String
    /// From 1.
    public var attempt: Int
    /// W3C trace context, passed on as it came.
    public var traceparent: String?

    public init(type: String, run: String, source: String, attempt: Int = 1, traceparent: String? = nil) {
        self.type = type
        self.run = run
        self.source = source
        self.attempt = attempt
        self.traceparent = traceparent
    }

    /// Reads the envelope of a delivery.
    ///
    /// - Parameter expected: the type this stage works on.
    /// - Throws: ``MessageError`` for another type, schema or encoding.
    public init(_ properties: MessageProperties, expecting expected: String) throws(MessageError) {
        guard properties.type == expected else {
            throw MessageError(.undecodable, "the type property is not \(expected)")
        }
        guard properties.headers["x-schema"]?.int == Int64(Self.schema) else {
            throw MessageError(.unsupportedSchema, "x-schema is not \(Self.schema)")
        }
        guard properties.contentEncoding == nil else {
            throw MessageError(.unsupportedEncoding, "content_encoding is neither absent nor gzip")
        }
        type = expected
        run = properties.headers["x-run"]?.string ?? ""
        source = properties.headers["x-source"]?.string ?? ""
        attempt = Self.attempt(of: properties)
        traceparent = properties.headers["traceparent"]?.string
    }

    /// The attempt that a delivery's headers tell, 1 where they tell none.
    public static func attempt(of properties: MessageProperties) -> Int {
        max(1, Int(clamping: properties.headers["x-attempt"]?.int ?? 1))
    }

    /// A publishing of this envelope with a fresh message id.
    public func publishing(exchange: String, routingKey: String, body: [UInt8]) -> Publishing {
        var properties = MessageProperties(
            messageID: UUID().uuidString.lowercased(), type: type, contentType: "application/json")
        properties.timestamp = UInt64(Date().timeIntervalSince1970)
        properties.appID = "ohra-worker-sync"
        properties.headers = [
            "x-schema": .int(Int64(Self.schema)), "x-run": .string(run), "x-source": .string(source),
            "x-attempt": .int(Int64(attempt)),
        ]
        if let traceparent { properties.headers["traceparent"] = .string(traceparent) }
        return Publishing(exchange: exchange, routingKey: routingKey, properties: properties, body: body)
    }
}
