/// One document in the standard form that every source delivers (DESIGN §3).
public struct Document: Sendable, Equatable {
    /// `<source_type>:<instance>:<numeric id>`, stable for ever.
    public var id: String
    public var title: String
    /// Markdown, comments included.
    public var content: String
    public var url: String
    public var author: String
    /// RFC 3339 in UTC.
    public var updatedAt: String
    /// Name of the source: `confluence`, `jira`, `files`.
    public var sourceType: String
    /// Changes exactly when the document must be loaded again.
    public var versionKey: String
    /// Only grows; below 2^53.
    public var revision: Int
    /// The space, project or folder that a census counts; kept with the document's marker.
    public var scope: String
    /// A JSON object of the source's own, passed to the payload as it is.
    public var metadata: RawJSON
    /// Bytes of its bodies at the source that no converter takes. For the run's log; no message carries it.
    public var bytesLeftOut = 0

    public init(
        id: String, title: String, content: String, url: String, author: String, updatedAt: String,
        sourceType: String, versionKey: String, revision: Int, scope: String, metadata: RawJSON
    ) {
        self.id = id
        self.title = title
        self.content = content
        self.url = url
        self.author = author
        self.updatedAt = updatedAt
        self.sourceType = sourceType
        self.versionKey = versionKey
        self.revision = revision
        self.scope = scope
        self.metadata = metadata
    }
}
