/// Where the points are kept.
///
/// | setting | type | default | secret |
/// | --- | --- | --- | --- |
/// | `OHRA_QDRANT_URL` | http(s) URL | `http://127.0.0.1:6333` | |
/// | `OHRA_QDRANT_API_KEY` | text, or `OHRA_QDRANT_API_KEY_FILE` | none: no `api-key` header | yes |
/// | `OHRA_QDRANT_COLLECTION` | 1…200 letters, digits, `_`, `-` of ASCII | `ohra` | |
/// | `OHRA_QDRANT_REPLICAS` | 1…32 | `1` | |
public struct QdrantSettings: Sendable, Equatable {
    public static let defaultURL = "http://127.0.0.1:6333"
    public static let defaultCollection = "ohra"

    public var url: ServiceURL
    public var apiKey: Secret?
    /// The collection of the chunks, or an alias of it.
    public var collection: String
    /// Copies of each collection. With more than one, writes go through the leader and reads ask a majority.
    public var replicas = 1

    public init(url: ServiceURL, apiKey: Secret? = nil, collection: String = defaultCollection) {
        self.url = url
        self.apiKey = apiKey
        self.collection = collection
    }

    /// Reads the settings of the table above; faults go to the reader.
    public init(_ reader: inout SettingsReader) {
        self.init(url: reader.url("OHRA_QDRANT_URL") ?? .localQdrant)
        apiKey = reader.secret("OHRA_QDRANT_API_KEY")
        collection = reader.string("OHRA_QDRANT_COLLECTION", default: Self.defaultCollection)
        if !Self.isValidName(collection) {
            reader.fault("OHRA_QDRANT_COLLECTION", "must be 1 to 200 ASCII letters, digits, '_' or '-'")
            collection = Self.defaultCollection
        }
        replicas = reader.integer("OHRA_QDRANT_REPLICAS", default: 1, in: 1...32)
    }

    /// The collection of the registry: which document versions are loaded.
    public var registryCollection: String { CollectionPair.registry(of: collection) }

    /// Whether a name can stand in a path of the REST interface as it is.
    public static func isValidName(_ name: String) -> Bool {
        (1...200).contains(name.utf8.count) && name.utf8.allSatisfy(isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension ServiceURL {
    fileprivate static let localQdrant: ServiceURL = {
        do {
            return try ServiceURL(QdrantSettings.defaultURL, schemes: ["http"])
        } catch {
            preconditionFailure("the default URL is one")
        }
    }()
}
