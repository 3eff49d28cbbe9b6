/// The registry's statement that one state of a document is completely loaded, or that the document is gone.
public struct Marker: Sendable, Equatable {
    public enum State: String, Sendable {
        case loaded
        case deleted
    }

    public var documentID: String
    public var sourceType: String
    public var versionKey: String
    public var fingerprint: String
    public var version: DocumentVersion
    public var chunkCount: Int
    public var state: State
    public var title: String
    public var url: String
    public var scope: String

    public init(
        documentID: String, sourceType: String, versionKey: String, fingerprint: String, version: DocumentVersion,
        chunkCount: Int, state: State, title: String, url: String, scope: String
    ) {
        self.documentID = documentID
        self.sourceType = sourceType
        self.versionKey = versionKey
        self.fingerprint = fingerprint
        self.version = version
        self.chunkCount = chunkCount
        self.state = state
        self.title = title
        self.url = url
        self.scope = scope
    }

    /// The marker of a state that a vectors message describes.
    public init(_ header: DocumentHeader, fingerprint: String) {
        self.init(
            documentID: header.id, sourceType: header.sourceType, versionKey: header.versionKey,
            fingerprint: fingerprint, version: header.version, chunkCount: header.chunkCount,
            state: header.isDeleted ? .deleted : .loaded, title: header.title, url: header.url, scope: header.scope)
    }

    /// Reads a marker's payload; nil when a member is missing.
    init?(payload: JSONElement) {
        guard let documentID = payload["document_id"]?.string, let sourceType = payload["source_type"]?.string,
            let versionKey = payload["version_key"]?.string, let fingerprint = payload["fingerprint"]?.string,
            let revision = payload["revision"]?.int, let epoch = payload["epoch"]?.int,
            let chunkCount = payload["chunk_count"]?.int,
            let state = payload["state"]?.string.flatMap(State.init(rawValue:))
        else { return nil }
        self.init(
            documentID: documentID, sourceType: sourceType, versionKey: versionKey, fingerprint: fingerprint,
            version: DocumentVersion(revision: revision, epoch: epoch), chunkCount: chunkCount, state: state,
            title: payload["title"]?.string ?? "", url: payload["url"]?.string ?? "",
            scope: payload["scope"]?.string ?? "")
    }

    func writePayload(to writer: inout JSONWriter, run: String, committedAt: String) {
        writer.object { writer in
            writer.member("kind", "marker")
            writer.member("document_id", documentID)
            writer.member("source_type", sourceType)
            writer.member("version_key", versionKey)
            writer.member("fingerprint", fingerprint)
            writer.member("revision", version.revision)
            writer.member("epoch", version.epoch)
            writer.member("chunk_count", chunkCount)
            writer.member("state", state.rawValue)
            writer.member("title", title)
            writer.member("url", url)
            writer.member("scope", scope)
            writer.member("run", run)
            writer.member("committed_at", committedAt)
        }
    }
}
