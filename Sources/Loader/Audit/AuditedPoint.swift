import Shared

/// What an audit needs to know of one point.
struct AuditedPoint: Sendable {
    /// One version of a document as one pipeline cut it.
    struct State: Sendable, Hashable, Comparable {
        let version: DocumentVersion
        let fingerprint: String

        static func < (left: State, right: State) -> Bool {
            (left.version, left.fingerprint) < (right.version, right.fingerprint)
        }
    }

    static let fields = [
        "document_id", "source_type", "revision", "epoch", "fingerprint", "chunk_index", "updated_at",
    ]

    let id: PointID
    let documentID: String
    let state: State
    let chunkIndex: Int
    let updatedAt: String

    /// nil when the payload does not say which chunk of which document the point is.
    init?(id: PointID, payload: JSONElement) {
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
    var isInPlace: Bool {
        id
            == PointIdentity.chunk(
                documentID: documentID, version: state.version, fingerprint: state.fingerprint, index: chunkIndex)
    }
}
