import CRabbitMQ

extension [String: HeaderValue] {
    /// Nested tables and arrays deeper than this are not followed; a header is the peer's to choose.
    static var maximumDepth: Int { 8 }

    init(_ table: amqp_table_t, depth: Int = 1) {
        self.init(minimumCapacity: Int(table.num_entries))
        guard let entries = table.entries else { return }
        for index in 0..<Int(table.num_entries) {
            self[entries[index].key.text] = HeaderValue(entries[index].value, depth: depth)
        }
    }
}

extension HeaderValue {
    fileprivate init(_ field: amqp_field_value_t, depth: Int) {
        let value = field.value
        switch amqp_field_value_kind_t(rawValue: UInt32(field.kind)) {
        case AMQP_FIELD_KIND_UTF8: self = .string(value.bytes.text)
        case AMQP_FIELD_KIND_BOOLEAN: self = .bool(value.boolean != 0)
        case AMQP_FIELD_KIND_I8: self = .int(Int64(value.i8))
        case AMQP_FIELD_KIND_U8: self = .int(Int64(value.u8))
        case AMQP_FIELD_KIND_I16: self = .int(Int64(value.i16))
        case AMQP_FIELD_KIND_U16: self = .int(Int64(value.u16))
        case AMQP_FIELD_KIND_I32: self = .int(Int64(value.i32))
        case AMQP_FIELD_KIND_U32: self = .int(Int64(value.u32))
        case AMQP_FIELD_KIND_I64: self = .int(value.i64)
        case AMQP_FIELD_KIND_TIMESTAMP: self = .timestamp(value.u64)
        case AMQP_FIELD_KIND_TABLE where depth < [String: HeaderValue].maximumDepth:
            self = .table([String: HeaderValue](value.table, depth: depth + 1))
        case AMQP_FIELD_KIND_ARRAY where depth < [String: HeaderValue].maximumDepth:
            let array = value.array
            self = .array((0..<Int(array.num_entries)).map { HeaderValue(array.entries[$0], depth: depth + 1) })
        default: self = .other(Character(Unicode.Scalar(field.kind)))
        }
    }
}

extension MessageProperties {
    init(_ raw: amqp_basic_properties_t) {
        self.init()
        func isSet(_ flag: Int32) -> Bool { raw._flags & UInt32(flag) != 0 }
        if isSet(AMQP_BASIC_MESSAGE_ID_FLAG) { messageID = raw.message_id.text }
        if isSet(AMQP_BASIC_TYPE_FLAG) { type = raw.type.text }
        if isSet(AMQP_BASIC_CONTENT_TYPE_FLAG) { contentType = raw.content_type.text }
        if isSet(AMQP_BASIC_CONTENT_ENCODING_FLAG) { contentEncoding = raw.content_encoding.text }
        if isSet(AMQP_BASIC_TIMESTAMP_FLAG) { timestamp = raw.timestamp }
        if isSet(AMQP_BASIC_APP_ID_FLAG) { appID = raw.app_id.text }
        if isSet(AMQP_BASIC_HEADERS_FLAG) { headers = [String: HeaderValue](raw.headers) }
    }

    /// Persistent, and valid until `pool` is recycled.
    func raw(in pool: MemoryPool) -> amqp_basic_properties_t {
        var raw = amqp_basic_properties_t()
        var flags = AMQP_BASIC_DELIVERY_MODE_FLAG
        raw.delivery_mode = UInt8(AMQP_DELIVERY_PERSISTENT.rawValue)
        if let messageID {
            flags |= AMQP_BASIC_MESSAGE_ID_FLAG
            raw.message_id = pool.bytes(messageID)
        }
        if let type {
            flags |= AMQP_BASIC_TYPE_FLAG
            raw.type = pool.bytes(type)
        }
        if let contentType {
            flags |= AMQP_BASIC_CONTENT_TYPE_FLAG
            raw.content_type = pool.bytes(contentType)
        }
        if let contentEncoding {
            flags |= AMQP_BASIC_CONTENT_ENCODING_FLAG
            raw.content_encoding = pool.bytes(contentEncoding)
        }
        if let appID {
            flags |= AMQP_BASIC_APP_ID_FLAG
            raw.app_id = pool.bytes(appID)
        }
        if let timestamp {
            flags |= AMQP_BASIC_TIMESTAMP_FLAG
            raw.timestamp = timestamp
        }
        if !headers.isEmpty {
            flags |= AMQP_BASIC_HEADERS_FLAG
            raw.headers = pool.table(headers)
        }
        raw._flags = UInt32(flags)
        return raw
    }
}
