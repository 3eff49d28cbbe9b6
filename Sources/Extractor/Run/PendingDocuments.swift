import Shared

/// Gathers pages of any size into batches for one look-up in the registry each: small pages are joined, large ones cut.
///
/// A source decides how long its pages are; without this, one that hands out single documents would cost a request each.
struct PendingDocuments {
    /// What one look-up asks for: a page of the registry's answer.
    static let documents = 256
    /// Text that may wait, so that long documents do not pile up.
    static let bytes = 4 << 20

    private var waiting: [Document] = []
    private var size = 0

    /// Adds a page and returns the batches that became full.
    mutating func add(_ page: [Document]) -> [[Document]] {
        var full: [[Document]] = []
        for document in page {
            waiting.append(document)
            size += document.content.utf8.count
            if waiting.count == Self.documents || size >= Self.bytes { full.append(flush()) }
        }
        return full
    }

    /// Everything that is left; empty when nothing is.
    mutating func flush() -> [Document] {
        defer {
            waiting = []
            size = 0
        }
        return waiting
    }
}
