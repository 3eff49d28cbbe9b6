import CRabbitMQ

/// Short-lived C memory for the arguments of one call.
///
/// **Ownership**: what it hands out is valid until ``recycle()``. **Isolation**: belongs to one connection's thread.
final class MemoryPool {
    private var pool = amqp_pool_t()

    init() { init_amqp_pool(&pool, 4096) }

    deinit { empty_amqp_pool(&pool) }

    func recycle() { recycle_amqp_pool(&pool) }

    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { source in
            guard let start = source.baseAddress, !source.isEmpty, let copy = amqp_pool_alloc(&pool, source.count)
            else {
                return amqp_empty_bytes
            }
            copy.copyMemory(from: start, byteCount: source.count)
            return amqp_bytes_t(len: source.count, bytes: copy)
        }
    }

    func table(_ values: [String: HeaderValue]) -> amqp_table_t {
        guard !values.isEmpty, let entries = allocate(amqp_table_entry_t.self, values.count) else {
            return amqp_empty_table
        }
        for (index, (key, value)) in values.enumerated() {
            (entries + index).initialize(to: amqp_table_entry_t(key: bytes(key), value: field(value)))
        }
        return amqp_table_t(num_entries: Int32(values.count), entries: entries)
    }

    private func field(_ value: HeaderValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        switch value {
        case .string(let text):
            field.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
            field.value.bytes = bytes(text)
        case .int(let number):
            field.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
            field.value.i64 = number
        case .bool(let flag):
            field.kind = UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue)
            field.value.boolean = flag ? 1 : 0
        case .array(let values):
            field.kind = UInt8(AMQP_FIELD_KIND_ARRAY.rawValue)
            field.value.array = amqp_empty_array
            if let entries = allocate(amqp_field_value_t.self, values.count) {
                for (index, value) in values.enumerated() { (entries + index).initialize(to: self.field(value)) }
                field.value.array = amqp_array_t(num_entries: Int32(values.count), entries: entries)
            }
        case .timestamp(let seconds):
            field.kind = UInt8(AMQP_FIELD_KIND_TIMESTAMP.rawValue)
            field.value.u64 = seconds
        case .table(let values):
            field.kind = UInt8(AMQP_FIELD_KIND_TABLE.rawValue)
            field.value.table = table(values)
        case .other:
            // Its content was not kept, so there is nothing to send on but the key.
            field.kind = UInt8(AMQP_FIELD_KIND_VOID.rawValue)
        }
        return field
    }

    private func allocate<Value>(_ type: Value.Type, _ count: Int) -> UnsafeMutablePointer<Value>? {
        guard count > 0 else { return nil }
        return amqp_pool_alloc(&pool, MemoryLayout<Value>.stride * count)?.bindMemory(to: type, capacity: count)
    }
}
