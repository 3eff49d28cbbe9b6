/// A vector of which only a few places are not zero.
///
/// **Shapes**: as many values as indices; indices are unique. Qdrant refuses others with 422.
public struct SparseVector: Sendable, Equatable {
    /// The name of the chunks' sparse vector in a collection.
    public static let textName = "text"

    /// What to do about a collection that was made without it.
    public static let isMissing =
        "the collection was made without the sparse vector 'text'; load another collection and switch to it (loader migrate "
        + "--help), or set OHRA_SPARSE=false"

    public var indices: [UInt32]
    public var values: [Float]

    public init(indices: [UInt32], values: [Float]) {
        self.indices = indices
        self.values = values
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("indices")
            writer.value(indices)
            writer.key("values")
            writer.value(values)
        }
    }
}
