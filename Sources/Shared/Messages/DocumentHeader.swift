/// What a vectors message says of a document: everything but its text.
public struct DocumentHeader: Sendable, Equatable {
    public var id: String
    public var title: String
    public var url: String
    public var author: String
    public var updatedAt: String
    public var sourceType: String
    public var versionKey: String
    public var version: DocumentVersion
    /// Chunks of this version over all its messages; 0 for a tombstone.
    public var chunkCount: Int
    public var scope: String
    public var metadata: RawJSON
    public var isDeleted: Bool

    /// The header of a change that was cut into `chunkCount` chunks.
    public init(_ change: DocumentChange, chunkCount: Int) {
        id = change.document.id
        title = change.document.title
        url = change.document.url
        author = change.document.author
        updatedAt = change.document.updatedAt
        sourceType = change.document.sourceType
        versionKey = change.document.versionKey
        version = change.version
        self.chunkCount = chunkCount
        scope = change.document.scope
        metadata = change.document.metadata
        isDeleted = change.isDeleted
    }

    init(_ reader: MessageReader) throws(MessageError) {
        id = try reader.string("id")
        title = try reader.string("title")
        url = try reader.string("url")
        author = try reader.string("author")
        updatedAt = try reader.string("updated_at")
        sourceType = try reader.string("source_type")
        versionKey = try reader.string("version_key")
        version = DocumentVersion(revision: try reader.integer("revision"), epoch: try reader.integer("epoch"))
        chunkCount = try reader.integer("chunk_count")
        scope = reader.optionalString("scope") ?? ""
        metadata = try reader.object("metadata")
        isDeleted = reader.flag("deleted")
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("title", title)
            writer.member("url", url)
            writer.member("author", author)
            writer.member("updated_at", updatedAt)
            writer.member("source_type", sourceType)
            writer.member("version_key", versionKey)
            writer.member("revision", version.revision)
            writer.member("epoch", version.epoch)
            writer.member("chunk_count", chunkCount)
            if !scope.isEmpty { writer.member("scope", scope) }
            writer.key("metadata")
            writer.value(metadata)
            if isDeleted { writer.member("deleted", true) }
        }
    }
}
