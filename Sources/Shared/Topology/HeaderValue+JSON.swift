extension JSONWriter {
    /// Writes a member whose value is a table, its keys in alphabetical order so that the text is always the same.
    mutating func member(_ name: String, _ table: [String: HeaderValue]) {
        key(name)
        value(table)
    }

    private mutating func value(_ table: [String: HeaderValue]) {
        object { writer in
            for (name, value) in table.sorted(by: { $0.key < $1.key }) {
                writer.key(name)
                writer.value(value)
            }
        }
    }

    private mutating func value(_ value: HeaderValue) {
        switch value {
        case .string(let text): self.value(text)
        case .int(let number): self.value(Int(number))
        case .timestamp(let seconds): self.value(Int(clamping: seconds))
        case .bool(let flag): self.value(flag)
        case .array(let values): array { writer in for value in values { writer.value(value) } }
        case .table(let table): self.value(table)
        case .other: null()
        }
    }
}

extension [String: HeaderValue] {
    /// The members of a JSON object, empty for anything else.
    init(_ element: JSONElement) {
        self = [:]
        guard let members = element.object else { return }
        for (name, value) in members { self[name] = HeaderValue(value) }
    }
}

extension HeaderValue {
    init(_ element: JSONElement) {
        if let text = element.string {
            self = .string(text)
        } else if let number = element.int {
            self = .int(Int64(number))
        } else if let flag = element.bool {
            self = .bool(flag)
        } else if let values = element.array {
            self = .array(values.map { HeaderValue($0) })
        } else if element.isObject {
            self = .table(.init(element))
        } else {
            self = .other("V")
        }
    }
}
