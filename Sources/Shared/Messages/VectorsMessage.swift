/// The body of a vectors message: up to 5 vectors and the header of every document they belong to.
public struct VectorsMessage: Sendable, Equatable {
    /// The AMQP `type` property.
    public static let type = "ohra.vectors"

    /// Of the pipeline that made the vectors.
    public var fingerprint: String
    public var model: String
    /// Numbers in each vector.
    public var dimension: Int
    public var documents: [DocumentHeader]
    public var vectors: [ChunkVector]

    public init(
        fingerprint: String, model: String, dimension: Int, documents: [DocumentHeader], vectors: [ChunkVector]
    ) {
        self.fingerprint = fingerprint
        self.model = model
        self.dimension = dimension
        self.documents = documents
        self.vectors = vectors
    }

    /// - Throws: ``MessageError`` naming the member that is wrong; also when a vector belongs to no header.
    public init(body: [UInt8]) throws(MessageError) {
        let reader = try MessageReader(body: body)
        fingerprint = try reader.string("fingerprint")
        model = try reader.string("model")
        dimension = try reader.integer("dimension")
        documents = []
        vectors = []
        for header in try reader.objects("documents") { documents.append(try DocumentHeader(header)) }
        let known = Set(documents.map(\.id))
        for entry in try reader.objects("vectors") {
            let vector = try ChunkVector(entry, dimension: dimension)
            guard known.contains(vector.documentID) else {
                throw entry.wrong("document_id", "the id of one of the documents")
            }
            vectors.append(vector)
        }
    }

    /// JSON in UTF-8.
    public var body: [UInt8] {
        let size = vectors.reduce(1024) {
            $0 + $1.content.utf8.count * 5 / 4 + (dimension + 2 * ($1.sparse?.indices.count ?? 0)) * 16 / 3 + 400
        }
        var writer = JSONWriter(reservingCapacity: size + documents.count * 1024)
        writer.object { writer in
            writer.member("fingerprint", fingerprint)
            writer.member("model", model)
            writer.member("dimension", dimension)
            writer.key("documents")
            writer.array { writer in for header in documents { header.write(to: &writer) } }
            writer.key("vectors")
            writer.array { writer in for vector in vectors { vector.write(to: &writer) } }
        }
        return writer.bytes
    }
}
