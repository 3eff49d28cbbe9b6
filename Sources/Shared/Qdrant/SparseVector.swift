/// A vector of which only a few places are not zero.
///
/// **Shapes**: as many values as indices; indices are unique. Qdrant refuses others with 422.
public struct SparseVector: Sendable, Equatable {
    public var indices: [UInt32]
    public var values: [Float]

    public init(indices: [UInt32], values: [Float]) {
        self.indices = indices
        self.values = values
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("indices")
            writer.array { writer in for index in indices { writer.value(Int(index)) } }
            writer.key("values")
            writer.value(values)
        }
    }
}
