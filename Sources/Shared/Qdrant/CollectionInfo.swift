/// How vectors are compared.
public enum VectorDistance: String, Sendable {
    case cosine = "Cosine"
    case dot = "Dot"
    case euclid = "Euclid"
    case manhattan = "Manhattan"
}

/// The type of a payload index.
public enum PayloadIndexType: String, Sendable {
    case keyword, integer, float, bool, datetime, uuid, text, geo
}

/// What a collection is and holds.
public struct CollectionInfo: Sendable, Equatable {
    /// Numbers in the unnamed dense vector, nil when the collection has none.
    public let vectorSize: Int?
    /// Distance of the unnamed dense vector; nil when there is none or this client does not know it.
    public let distance: VectorDistance?
    public let sparseVectorNames: Set<String>
    /// Copies of each shard.
    public let replicas: Int
    /// Indexed payload fields with Qdrant's name of their type.
    public let payloadIndexes: [String: String]
    /// Approximate on a real server; ``QdrantClient/count(_:filter:)`` is exact.
    public let pointCount: Int
    /// `green`, `yellow`, `grey` or `red`.
    public let status: String

    init?(_ element: JSONElement) {
        guard let parameters = element["config"]?["params"] else { return nil }
        // Unnamed: {"size":…,"distance":…}. Named ones are by name, the unnamed one among them by the empty name.
        let vectors = parameters["vectors"]
        let dense = vectors?["size"]?.int != nil ? vectors : vectors?[""]
        vectorSize = dense?["size"]?.int
        distance = dense?["distance"]?.string.flatMap(VectorDistance.init(rawValue:))
        sparseVectorNames = Set(parameters["sparse_vectors"]?.object.map { $0.map(\.key) } ?? [])
        replicas = parameters["replication_factor"]?.int ?? 1
        var indexes: [String: String] = [:]
        for member in element["payload_schema"]?.object.map({ Array($0) }) ?? [] {
            indexes[member.key] = member.value["data_type"]?.string ?? ""
        }
        payloadIndexes = indexes
        pointCount = element["points_count"]?.int ?? 0
        status = element["status"]?.string ?? ""
    }
}

/// A server's version; pre-release parts are ignored.
public struct QdrantVersion: Sendable, Comparable, CustomStringConvertible {
    public let major: Int
    public let minor: Int
    public let patch: Int

    /// The oldest server that honours conditional upserts; older ones ignore the condition silently.
    public static let minimum = QdrantVersion(1, 17, 0)

    public init(_ major: Int, _ minor: Int, _ patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `1.19.0` or `1.19.1-dev`.
    public init?(_ text: String) {
        let numbers = text.prefix { $0 != "-" && $0 != "+" }.split(separator: ".").map { Int($0) }
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else {
            return nil
        }
        self.init(major, minor, patch)
    }

    public static func < (left: QdrantVersion, right: QdrantVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    public var description: String { "\(major).\(minor).\(patch)" }
}
