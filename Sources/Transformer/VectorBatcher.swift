import Shared

/// Fills vectors messages: 5 vectors each, across the documents of one documents message.
struct VectorBatcher {
    let fingerprint: String
    let model: String
    let dimension: Int

    /// A document with the vectors of all its chunks; none for a tombstone or one that is passed over.
    struct Entry {
        let header: DocumentHeader
        let vectors: [ChunkVector]
    }

    /// Slices the vectors of `entries` in order. Every message carries the header of each document it has vectors of;
    /// documents without vectors ride on the last message.
    func messages(_ entries: [Entry]) -> [VectorsMessage] {
        var messages: [VectorsMessage] = []
        var current = empty
        for entry in entries where !entry.vectors.isEmpty {
            var rest = entry.vectors[...]
            while !rest.isEmpty {
                let slice = rest.prefix(MessageLimits.vectorsPerMessage - current.vectors.count)
                current.documents.append(entry.header)
                current.vectors += slice
                rest = rest.dropFirst(slice.count)
                if current.vectors.count == MessageLimits.vectorsPerMessage {
                    messages.append(current)
                    current = empty
                }
            }
        }
        current.documents += entries.filter(\.vectors.isEmpty).map(\.header)
        if !current.documents.isEmpty { messages.append(current) }
        return messages
    }

    private var empty: VectorsMessage {
        VectorsMessage(fingerprint: fingerprint, model: model, dimension: dimension, documents: [], vectors: [])
    }
}
