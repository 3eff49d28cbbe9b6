/// What a point of the collection says of itself: which chunk it is, of which state of which document.
public struct ChunkPoint: Sendable {
    /// One version of a document as one pipeline cut it.
    public struct State: Sendable, Hashable, Comparable {
        public let version: DocumentVersion
        public let fingerprint: String

        public init(version: DocumentVersion, fingerprint: String) {
            self.version = version
            self.fingerprint = fingerprint
        }

        public static func < (left: State, right: State) -> Bool {
            (left.version, left.fingerprint) < (right.version, right.fingerprint)
        }
    }

    /// The payload fields that are read.
    public static let fields = [
        "document_id", "source_type", "revision", "epoch", "fingerprint", "chunk_index", "updated_at",
    ]

    public let id: PointID
    public let documentID: String
    public let state: State
    /// From 0.
    public let chunkIndex: Int
    public let updatedAt: String

    /// nil when the payload does not say which chunk of which document the point is.
    public init?(id: PointID, payload: JSONElement) {
        guard let documentID = payload["document_id"]?.string, let revision = payload["revision"]?.int,
            let epoch = payload["epoch"]?.int, let fingerprint = payload["fingerprint"]?.string,
            let chunkIndex = payload["chunk_index"]?.int
        else { return nil }
        self.id = id
        self.documentID = documentID
        state = State(version: DocumentVersion(revision: revision, epoch: epoch), fingerprint: fingerprint)
        self.chunkIndex = chunkIndex
        updatedAt = payload["updated_at"]?.string ?? ""
    }

    /// Whether the point is where its chunk belongs.
    public var isInPlace: Bool {
        id
            == PointIdentity.chunk(
                documentID: documentID, version: state.version, fingerprint: state.fingerprint, index: chunkIndex)
    }
}
