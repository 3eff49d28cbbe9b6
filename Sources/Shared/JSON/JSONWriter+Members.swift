extension JSONWriter {
    /// Writes one member of an object.
    public mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    public mutating func member(_ name: String, _ number: Int) {
        key(name)
        value(number)
    }

    public mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    public mutating func member(_ name: String, _ texts: [String]) {
        key(name)
        array { writer in for text in texts { writer.value(text) } }
    }
}
