/// Vectors of one dimension in one piece of memory, row after row.
///
/// **Shapes**: `count` rows of `dimension` float32; element `[i]` is row i as a slice (its indices start at 0 only in
/// the first row: copy it with `Array` before indexing by number).
public struct EmbeddingMatrix: RandomAccessCollection, Sendable, Equatable {
    /// Numbers per row; at least 1.
    public let dimension: Int
    /// All rows, `count * dimension` numbers.
    public private(set) var values: [Float]

    /// - Parameter values: whole rows only.
    public init(dimension: Int, values: [Float] = []) {
        precondition(dimension > 0 && values.count.isMultiple(of: dimension), "a matrix holds whole rows")
        self.dimension = dimension
        self.values = values
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { values.count / dimension }

    public subscript(row: Int) -> ArraySlice<Float> { values[row * dimension..<(row + 1) * dimension] }

    /// Adds the rows of another matrix of the same dimension.
    public mutating func append(contentsOf other: EmbeddingMatrix) {
        precondition(other.dimension == dimension, "rows of two dimensions cannot share a matrix")
        values.append(contentsOf: other.values)
    }
}
