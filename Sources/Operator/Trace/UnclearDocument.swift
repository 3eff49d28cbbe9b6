import Shared

extension Registry {
    /// The id of the document that is meant: people have its URL at hand.
    ///
    /// - Throws: ``UnclearDocument``.
    func resolve(_ document: String) async throws -> String {
        guard document.contains("://") else { return document }
        let ids = try await documentIDs(at: document)
        guard ids.count == 1 else { throw UnclearDocument(url: document, ids: ids) }
        return ids[0]
    }
}

/// A URL that stands for no document, or for several.
struct UnclearDocument: Error, CustomStringConvertible {
    let url: String
    let ids: [String]

    var description: String {
        ids.isEmpty
            ? "no document with the URL \(url) was ever loaded; `ohra search WORDS` shows URLs, --json also ids"
            : "several documents have the URL \(url), trace them by id: \(ids.sorted().joined(separator: ", "))"
    }
}
