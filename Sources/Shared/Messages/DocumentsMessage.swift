/// The body of a documents message: up to 10 documents, complete, so that replay needs no source.
public struct DocumentsMessage: Sendable, Equatable {
    /// The AMQP `type` property.
    public static let type = "ohra.documents"

    public var changes: [DocumentChange]

    public init(_ changes: [DocumentChange]) { self.changes = changes }

    /// - Throws: ``MessageError`` naming the member that is wrong.
    public init(body: [UInt8]) throws(MessageError) {
        let readers = try MessageReader(body: body).objects("documents")
        var changes: [DocumentChange] = []
        changes.reserveCapacity(readers.count)
        for reader in readers { changes.append(try DocumentChange(reader)) }
        self.changes = changes
    }

    /// JSON in UTF-8.
    public var body: [UInt8] { Self.body(joining: changes.map(\.encoded)) }

    /// Joins documents that are already encoded, so that a batch is measured and written without encoding twice.
    public static func body(joining encoded: [[UInt8]]) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: encoded.reduce(32) { $0 + $1.count + 1 })
        writer.object { writer in
            writer.key("documents")
            writer.array { writer in for document in encoded { writer.json(document) } }
        }
        return writer.bytes
    }
}

extension DocumentChange {
    init(_ reader: MessageReader) throws(MessageError) {
        self.init(
            document: Document(
                id: try reader.string("id"), title: try reader.string("title"), content: try reader.string("content"),
                url: try reader.string("url"), author: try reader.string("author"),
                updatedAt: try reader.string("updated_at"), sourceType: try reader.string("source_type"),
                versionKey: try reader.string("version_key"), revision: try reader.integer("revision"),
                scope: reader.optionalString("scope") ?? "", metadata: try reader.object("metadata")),
            epoch: try reader.integer("epoch"), isDeleted: reader.flag("deleted"))
    }

    /// This entry of the `documents` array as JSON text.
    public var encoded: [UInt8] {
        var writer = JSONWriter(reservingCapacity: document.content.utf8.count + document.metadata.bytes.count + 512)
        writer.object { writer in
            writer.member("id", document.id)
            writer.member("title", document.title)
            writer.member("content", document.content)
            writer.member("url", document.url)
            writer.member("author", document.author)
            writer.member("updated_at", document.updatedAt)
            writer.member("source_type", document.sourceType)
            writer.member("version_key", document.versionKey)
            writer.member("revision", document.revision)
            writer.member("epoch", epoch)
            if !document.scope.isEmpty { writer.member("scope", document.scope) }
            writer.key("metadata")
            writer.value(document.metadata)
            if isDeleted { writer.member("deleted", true) }
        }
        return writer.bytes
    }
}
