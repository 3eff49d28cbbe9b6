import Shared
import TestSupport

@testable import Loader

/// The messages of one random schedule: 2 or 3 states of two documents, cut into messages, some of them twice, some states
/// cut by two pipelines, some messages shared by both documents.
struct ModelSchedule {
    /// Every state that is published, by document.
    private(set) var published: [String: [DocumentHeader]] = [:]
    /// In random order.
    private(set) var messages: [VectorsMessage] = []

    init(using random: inout SeededGenerator) {
        for document in ["files:m:1", "files:m:2"] {
            for _ in 0..<Int.random(in: 2...3, using: &random) { publish(document, &random) }
        }
        messages.shuffle(using: &random)
        join(&random)
    }

    /// How many chunks a published state has.
    func chunkCount(_ document: String, _ version: DocumentVersion) -> Int? {
        published[document]?.first { $0.version == version }?.chunkCount
    }

    private mutating func publish(_ document: String, _ random: inout SeededGenerator) {
        let isDeleted = Int.random(in: 0..<6, using: &random) == 0
        let chunks = isDeleted ? 0 : [1, 2, 3, 5, 8, 23].randomElement(using: &random) ?? 1
        let change = DocumentChange(
            document: Document(
                id: document, title: "t", content: "", url: "", author: "", updatedAt: "", sourceType: "files",
                versionKey: "k", revision: Int.random(in: 1...2, using: &random), scope: "", metadata: .emptyObject),
            epoch: Int.random(in: 1...3, using: &random), isDeleted: isDeleted)
        // Two states never share revision and epoch: the extractor sees to that.
        guard published[document]?.contains(where: { $0.version == change.version }) != true else { return }
        let header = DocumentHeader(change, chunkCount: chunks)
        published[document, default: []].append(header)
        // The same documents message may be transformed twice, before and after a change of settings.
        for fingerprint in Int.random(in: 0..<4, using: &random) == 0 ? ["f", "g"] : ["f"] {
            let parts = Self.cut(header, fingerprint)
            // At least once: some messages come twice.
            messages += parts + parts.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
        }
    }

    private static func cut(_ header: DocumentHeader, _ fingerprint: String) -> [VectorsMessage] {
        let vectors = (0..<header.chunkCount).map { index in
            ChunkVector(
                id: PointIdentity.chunk(
                    documentID: header.id, version: header.version, fingerprint: fingerprint, index: index),
                documentID: header.id, index: index, content: "c\(index)", hash: "h\(index)", embedHash: "",
                vector: [1])
        }
        let limit = MessageLimits.vectorsPerMessage
        return stride(from: 0, to: max(vectors.count, 1), by: limit).map {
            VectorsMessage(
                fingerprint: fingerprint, model: "m", dimension: 1, documents: [header],
                vectors: Array(vectors[$0..<min($0 + limit, vectors.count)]))
        }
    }

    /// Lets some neighbours travel together, as messages are filled across documents.
    private mutating func join(_ random: inout SeededGenerator) {
        var joined: [VectorsMessage] = []
        for message in messages {
            if var last = joined.last, last.fingerprint == message.fingerprint,
                Set(last.documents.map(\.id)).isDisjoint(with: message.documents.map(\.id)),
                last.vectors.count + message.vectors.count <= MessageLimits.vectorsPerMessage,
                Bool.random(using: &random)
            {
                last.documents += message.documents
                last.vectors += message.vectors
                joined[joined.count - 1] = last
            } else {
                joined.append(message)
            }
        }
        messages = joined
    }
}
