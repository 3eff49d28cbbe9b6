extension Publishing {
    /// - Throws: `tooLarge` when it cannot be written as AMQP frames. Checked first: librabbitmq finds out after the first
    ///   frame is sent, and the connection is lost.
    func checkSize(maximumHeader: Int) throws(BrokerError) {
        let properties = properties
        let names = [
            exchange, routingKey, properties.messageID, properties.type, properties.contentType,
            properties.contentEncoding,
            properties.appID,
        ]
        for case let name? in names where name.utf8.count > 255 {
            throw BrokerError(.tooLarge, "a publishing's name or property is longer than AMQP's 255 bytes")
        }
        guard let size = properties.headers.encodedSize else {
            throw BrokerError(.tooLarge, "a header's key is longer than 255 bytes, or headers are nested too deep")
        }
        if size > maximumHeader {
            throw BrokerError(.tooLarge, "the headers take \(size) bytes, more than one frame")
        }
    }
}

extension [String: HeaderValue] {
    /// Bytes on the wire, nil when it has no valid form.
    fileprivate var encodedSize: Int? { encodedSize(depth: 1) }

    fileprivate func encodedSize(depth: Int) -> Int? {
        var total = 4
        for (key, value) in self {
            guard key.utf8.count <= 255, let size = value.encodedSize(depth: depth) else { return nil }
            total += 1 + key.utf8.count + size
        }
        return total
    }
}

extension HeaderValue {
    fileprivate func encodedSize(depth: Int) -> Int? {
        guard depth <= 32 else { return nil }
        switch self {
        case .string(let text): return 5 + text.utf8.count
        case .int, .timestamp: return 9
        case .bool: return 2
        case .other: return 1
        case .table(let table): return table.encodedSize(depth: depth + 1).map { $0 + 1 }
        case .array(let values):
            var total = 5
            for value in values {
                guard let size = value.encodedSize(depth: depth + 1) else { return nil }
                total += size
            }
            return total
        }
    }
}
