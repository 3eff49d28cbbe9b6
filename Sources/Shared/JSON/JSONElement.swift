import CSimdJSON

/// One value inside a parsed JSON text.
///
/// Parsed by simdjson (Debian `libsimdjson-dev`): UTF-8 is verified, numbers beyond 64 bits and nesting deeper than the
/// parser's limit are faults. An element keeps its whole document alive; copy what you keep.
/// Members of a wrong kind read as nil, so that a reader decides per field what is required.
public struct JSONElement: @unchecked Sendable {
    // `@unchecked`: a document is never changed after parsing, so any thread may read it; freed with the last element.
    private final class Document {
        let handle: OpaquePointer
        init(_ handle: OpaquePointer) { self.handle = handle }
        deinit { ohra_json_free(handle) }
    }

    private let document: Document
    fileprivate let value: ohra_json_value

    private init(_ document: Document, _ value: ohra_json_value) {
        self.document = document
        self.value = value
    }

    /// Parses one JSON text.
    ///
    /// - Parameter maximumDepth: nesting allowed; deeper texts are refused.
    /// - Throws: ``JSONError`` with the parser's reason; it holds nothing of the text.
    public init(parsing bytes: some Collection<UInt8>, maximumDepth: Int = 512) throws(JSONError) {
        var root = ohra_json_value()
        var code: Int32 = 0
        func parse(_ buffer: UnsafeBufferPointer<UInt8>) -> OpaquePointer? {
            ohra_json_parse(buffer.baseAddress, buffer.count, maximumDepth, &root, &code)
        }
        let handle =
            bytes.withContiguousStorageIfAvailable(parse) ?? Array(bytes).withUnsafeBufferPointer(parse)
        guard let handle else { throw JSONError(reason: String(cString: ohra_json_error_text(code))) }
        document = Document(handle)
        value = root
    }

    /// The member of an object, nil when this is no object or has no such key.
    public subscript(key: String) -> JSONElement? {
        var key = key
        var found = ohra_json_value()
        let exists = key.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { ohra_json_member(value, $0.baseAddress, $0.count, &found) }
        }
        return exists ? JSONElement(document, found) : nil
    }

    /// The text of a string.
    public var string: String? {
        var length = 0
        guard let start = ohra_json_string(value, &length) else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
    }

    /// Calls `body` with the UTF-8 of a string, without a copy; nil when this is no string.
    public func withUTF8<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result? {
        var length = 0
        guard let start = ohra_json_string(value, &length) else { return nil }
        return try body(UnsafeRawBufferPointer(start: start, count: length))
    }

    /// An integer within 64 bits; numbers with a fraction are nil.
    public var int: Int? {
        var result: Int64 = 0
        return ohra_json_int64(value, &result) ? Int(result) : nil
    }

    /// Any number.
    public var double: Double? {
        var result = 0.0
        return ohra_json_double(value, &result) ? result : nil
    }

    public var bool: Bool? {
        var result = false
        return ohra_json_bool(value, &result) ? result : nil
    }

    public var isNull: Bool { ohra_json_kind_of(value) == OHRA_JSON_NULL }
    public var isObject: Bool { ohra_json_kind_of(value) == OHRA_JSON_OBJECT }
    public var isArray: Bool { ohra_json_kind_of(value) == OHRA_JSON_ARRAY }

    /// The members of an array in order; nil when this is no array.
    public var array: JSONArray? { isArray ? JSONArray(members: members) : nil }

    /// Keys and values of an object in the order of the text; nil when this is no object.
    public var object: JSONMembers? { isObject ? members : nil }

    /// An array of numbers as float32; nil when a member is no number or there are more than `limit`.
    public func floats(limit: Int) -> [Float]? {
        guard isArray else { return nil }
        var count: Int64 = -1
        let numbers = [Float](unsafeUninitializedCapacity: limit) { buffer, initialized in
            count = ohra_json_floats(value, buffer.baseAddress, limit)
            initialized = max(0, Int(count))
        }
        return count < 0 ? nil : numbers
    }

    /// This value as compact JSON text.
    public var text: [UInt8] {
        var length = 0
        guard let start = ohra_json_text(value, &length) else { return [] }
        defer { ohra_json_text_free(start) }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: length))
    }

    private var members: JSONMembers {
        var cursor = ohra_json_cursor()
        _ = ohra_json_walk(value, &cursor)
        return JSONMembers(cursor: cursor) { JSONElement(self.document, $0) }
    }
}

/// Walks the members of an object in the order of the text.
public struct JSONMembers: Sequence, IteratorProtocol {
    fileprivate var cursor: ohra_json_cursor
    fileprivate let make: (ohra_json_value) -> JSONElement

    fileprivate init(cursor: ohra_json_cursor, make: @escaping (ohra_json_value) -> JSONElement) {
        self.cursor = cursor
        self.make = make
    }

    public mutating func next() -> (key: String, value: JSONElement)? {
        var key: UnsafePointer<CChar>?
        var length = 0
        var value = ohra_json_value()
        guard ohra_json_next(&cursor, &key, &length, &value) else { return nil }
        let name = key.map { String(decoding: UnsafeRawBufferPointer(start: $0, count: length), as: UTF8.self) }
        return (name ?? "", make(value))
    }
}

/// Walks the members of an array in order.
public struct JSONArray: Sequence, IteratorProtocol {
    fileprivate var members: JSONMembers

    public mutating func next() -> JSONElement? { members.next()?.value }
}
