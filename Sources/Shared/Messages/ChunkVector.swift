/// One chunk of a document with its vector, addressed to one point.
public struct ChunkVector: Sendable, Equatable {
    public var id: PointID
    public var documentID: String
    /// From 0.
    public var index: Int
    /// The exact chunk, as shown in search results.
    public var content: String
    /// SHA-256 of `content` in UTF-8, hex.
    public var hash: String
    /// SHA-256 of the text that was embedded (title, heading path, chunk), hex.
    public var embedHash: String
    /// As many finite numbers as the message's dimension says.
    public var vector: [Float]
    /// Its words, weighted; nil when it has none or the transformer does not make them.
    public var sparse: SparseVector?

    public init(
        id: PointID, documentID: String, index: Int, content: String, hash: String, embedHash: String,
        vector: [Float], sparse: SparseVector? = nil
    ) {
        self.id = id
        self.documentID = documentID
        self.index = index
        self.content = content
        self.hash = hash
        self.embedHash = embedHash
        self.vector = vector
        self.sparse = sparse
    }

    init(_ reader: MessageReader, dimension: Int) throws(MessageError) {
        guard let id = PointID(try reader.string("id")) else { throw reader.wrong("id", "a UUID") }
        self.id = id
        documentID = try reader.string("document_id")
        index = try reader.integer("chunk_index")
        content = try reader.string("content")
        hash = try reader.string("hash")
        embedHash = reader.optionalString("embed_hash") ?? hash
        guard let vector: [Float] = Base64Numbers.read(try reader.element("vector")), vector.count == dimension,
            vector.allSatisfy(\.isFinite)
        else { throw reader.wrong("vector", "base64 of \(dimension) finite little-endian float32") }
        self.vector = vector
        sparse = try reader.optionalObject("sparse").map { reader throws(MessageError) in try SparseVector(reader) }
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id.description)
            writer.member("document_id", documentID)
            writer.member("chunk_index", index)
            writer.member("content", content)
            writer.member("hash", hash)
            writer.member("embed_hash", embedHash)
            writer.key("vector")
            writer.unescaped(Base64Numbers.text(vector))
            if let sparse {
                writer.key("sparse")
                sparse.writeMessage(to: &writer)
            }
        }
    }
}
