import Shared

/// Fills documents messages: 10 documents or 1 MiB, whichever comes first, in the order given.
struct DocumentBatcher {
    /// A body ready to publish and what it holds.
    struct Batch: Sendable {
        let body: [UInt8]
        let documentCount: Int
    }

    private var encoded: [[UInt8]] = []
    private var size = Self.emptySize

    /// `{"documents":[]}`; each document adds itself and a comma.
    private static let emptySize = 16

    /// Adds an encoded document and returns the batch that became full by it, if any.
    mutating func add(_ document: [UInt8]) -> Batch? {
        var full: Batch?
        if !encoded.isEmpty, size + document.count + 1 > MessageLimits.bytesPerMessage { full = flush() }
        encoded.append(document)
        size += document.count + 1
        // A document past the limit by itself fills the batch alone, so at most one batch is closed per call.
        if encoded.count == MessageLimits.documentsPerMessage || (full == nil && size > MessageLimits.bytesPerMessage) {
            full = flush()
        }
        return full
    }

    /// The rest, if any.
    mutating func flush() -> Batch? {
        guard !encoded.isEmpty else { return nil }
        defer {
            encoded.removeAll(keepingCapacity: true)
            size = Self.emptySize
        }
        return Batch(body: DocumentsMessage.body(joining: encoded), documentCount: encoded.count)
    }
}
