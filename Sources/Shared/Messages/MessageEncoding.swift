/// The `content_encoding` of a message: absent or `gzip`. We read both and write plain bodies.
public enum MessageEncoding {
    /// The plain body. Takes the encoding out of `properties`, so that copies of the message say what they are.
    ///
    /// Any other encoding stays where it is, for ``MessageEnvelope`` to refuse.
    ///
    /// - Throws: ``MessageError``: `bodyTooLarge` past ``MessageLimits/unpackedBytes``, `undecodable` for broken gzip.
    public static func unpack(
        _ body: [UInt8], _ properties: inout MessageProperties
    ) throws(MessageError) -> [UInt8] {
        guard properties.contentEncoding?.lowercased() == "gzip" else { return body }
        let plain = try Gzip.unpacked(body, limit: MessageLimits.unpackedBytes)
        properties.contentEncoding = nil
        return plain
    }
}

extension Delivery {
    /// The same delivery with a plain body.
    func unpacked() throws(MessageError) -> Delivery {
        var properties = properties
        let body = try MessageEncoding.unpack(body, &properties)
        return Delivery(
            tag: tag, connection: connection, isRedelivered: isRedelivered, exchange: exchange, routingKey: routingKey,
            properties: properties, body: body)
    }
}
