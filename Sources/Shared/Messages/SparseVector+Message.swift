/// The form in messages: two base64 texts, little-endian, as compact as the dense vector's.
extension SparseVector {
    /// - Throws: ``MessageError`` unless indices ascend and each has one finite value.
    init(_ reader: MessageReader) throws(MessageError) {
        guard let indices: [UInt32] = Base64Numbers.read(try reader.element("indices")),
            zip(indices, indices.dropFirst()).allSatisfy(<)
        else { throw reader.wrong("indices", "base64 of ascending little-endian uint32") }
        guard let values: [Float] = Base64Numbers.read(try reader.element("values")), values.count == indices.count,
            values.allSatisfy(\.isFinite)
        else { throw reader.wrong("values", "base64 of \(indices.count) finite little-endian float32") }
        self.init(indices: indices, values: values)
    }

    func writeMessage(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("indices")
            writer.unescaped(Base64Numbers.text(indices))
            writer.key("values")
            writer.unescaped(Base64Numbers.text(values))
        }
    }
}
