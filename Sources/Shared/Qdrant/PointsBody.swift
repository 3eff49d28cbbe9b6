/// The body of an upsert, written point by point: vectors go from their array straight into the text.
///
/// An upsert replaces the whole point. The last of several points with the same id wins.
public struct PointsBody: Sendable {
    /// What happens to points that exist already or do not exist yet. Servers before 1.17 ignore it.
    public enum Mode: String, Sendable {
        case upsert
        /// A point that exists stays as it is.
        case insertOnly = "insert_only"
        /// A point that does not exist stays away.
        case updateOnly = "update_only"
    }

    /// Points appended so far.
    public private(set) var count = 0
    private var points: JSONWriter
    private let mode: Mode

    /// - Parameter reservingPoints: memory for so many points of 384 numbers and a kilobyte of payload is reserved at once.
    public init(reservingPoints: Int = 0, mode: Mode = .upsert) {
        points = JSONWriter(reservingCapacity: max(256, min(reservingPoints, 1024) * 6 << 10))
        self.mode = mode
    }

    public var isEmpty: Bool { count == 0 }

    /// Bytes written so far. Qdrant refuses bodies of more than 32 MiB; research/qdrant.md §6 advises at most 5 MB.
    public var byteCount: Int { points.bytes.count }

    /// Adds a point.
    ///
    /// - Parameters:
    ///   - vector: the unnamed dense vector; finite numbers only (others become null, which Qdrant refuses). nil means the
    ///     point has none and no vector search finds it.
    ///   - sparse: vectors by name.
    ///   - payload: writes one JSON object.
    public mutating func append(
        id: PointID, vector: (some Collection<Float>)?, sparse: [(name: String, vector: SparseVector)] = [],
        payload: (inout JSONWriter) throws -> Void
    ) rethrows {
        try points.object { writer in
            writer.member("id", id.description)
            writer.key("vector")
            if let vector, sparse.isEmpty {
                writer.value(vector)
            } else {
                writer.object { writer in
                    if let vector {
                        // The unnamed vector's name where names are needed.
                        writer.key("")
                        writer.value(vector)
                    }
                    for (name, vector) in sparse {
                        writer.key(name)
                        vector.write(to: &writer)
                    }
                }
            }
            writer.key("payload")
            try payload(&writer)
        }
        count += 1
    }

    /// Adds a point without a dense vector.
    public mutating func append(id: PointID, vector: [Float]? = nil, payload: (inout JSONWriter) throws -> Void)
        rethrows
    {
        try append(id: id, vector: vector, sparse: [], payload: payload)
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("points")
            writer.array { writer in if count > 0 { writer.json(points.bytes) } }
            if mode != .upsert { writer.member("update_mode", mode.rawValue) }
        }
    }

    /// The complete text.
    public var bytes: [UInt8] {
        var writer = JSONWriter(reservingCapacity: points.bytes.count + 1024)
        write(to: &writer)
        return writer.bytes
    }
}
