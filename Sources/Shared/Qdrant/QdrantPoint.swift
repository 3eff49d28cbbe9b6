/// A point as Qdrant returned it.
public struct QdrantPoint: Sendable {
    public let id: PointID
    /// The members that were asked for. An empty object when the point has no payload (qdrant#4627: that happens).
    public let payload: JSONElement
    /// The unnamed dense vector, nil when not asked for or absent.
    public let vector: [Float]?
    /// Named sparse vectors, when asked for.
    public let sparse: [String: SparseVector]

    /// nil when the id is no UUID, or a vector is malformed.
    init?(_ element: JSONElement) {
        guard let id = element["id"]?.string.flatMap({ PointID($0) }) else { return nil }
        self.id = id
        payload = element["payload"].flatMap { $0.isObject ? $0 : nil } ?? Self.noPayload
        var sparse: [String: SparseVector] = [:]
        var dense: [Float]?
        if let vector = element["vector"], !vector.isNull {
            if vector.isArray {
                guard let numbers = vector.floats(limit: Self.maximumDimension) else { return nil }
                dense = numbers
            }
            for member in vector.object.map({ Array($0) }) ?? [] {
                let (name, value) = (member.key, member.value)
                if value.isArray {
                    guard let numbers = value.floats(limit: Self.maximumDimension) else { return nil }
                    if name.isEmpty { dense = numbers }
                } else {
                    guard let numbers = SparseVector(value) else { return nil }
                    sparse[name] = numbers
                }
            }
        }
        vector = dense
        self.sparse = sparse
    }

    /// Qdrant's own limit.
    private static let maximumDimension = 65_536

    private static let noPayload: JSONElement = {
        do { return try JSONElement(parsing: Array("{}".utf8)) } catch { preconditionFailure("{} is JSON") }
    }()
}

/// A point found by a query, best first.
public struct ScoredPoint: Sendable {
    public let point: QdrantPoint
    /// Cosine similarity for a dense query on a Cosine collection; other queries have other scales.
    public let score: Double

    init?(_ element: JSONElement) {
        guard let point = QdrantPoint(element), let score = element["score"]?.double else { return nil }
        self.point = point
        self.score = score
    }

    public var id: PointID { point.id }
    public var payload: JSONElement { point.payload }
}

/// One page of a scroll.
public struct ScrollPage: Sendable {
    public let points: [QdrantPoint]
    /// Where the next page begins; nil on the last one.
    public let next: PointID?

    public init(points: [QdrantPoint], next: PointID?) {
        self.points = points
        self.next = next
    }
}

extension SparseVector {
    init?(_ element: JSONElement) {
        guard let places = element["indices"]?.array, let values = element["values"]?.floats(limit: 1 << 20) else {
            return nil
        }
        var indices: [UInt32] = []
        for place in places {
            guard let index = place.int.flatMap({ UInt32(exactly: $0) }) else { return nil }
            indices.append(index)
        }
        guard indices.count == values.count else { return nil }
        self.init(indices: indices, values: values)
    }
}
