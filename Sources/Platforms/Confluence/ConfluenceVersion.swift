import Shared

/// The version key of a page: its own number, and a digest of what that number misses.
///
/// It comes out the same for a page that was read whole and for one that a census lists, which is how a census finds pages
/// that changed without a trace in any search: a label, a move, a comment or file that was deleted, a restriction.
enum ConfluenceVersion {
    /// What has to be expanded for it, beside the children.
    static let expand = ["version", "space", "ancestors", "metadata.labels"] + ReadRestriction.expand

    /// - Parameters:
    ///   - comments: id and version of each, in any order; the same of attachments.
    ///   - readers: nil when unknown.
    static func key(
        of page: JSONElement, comments: [String], attachments: [String], readers: PageReaders?
    ) -> String? {
        guard let revision = revision(of: page) else { return nil }
        var key = VersionKey()
        key.add("space", page["space"]?["key"]?.string)
        key.add("title", page["title"]?.string)
        let ancestors = page["ancestors"]?.array.map(Array.init) ?? []
        key.add("ancestors", ancestors.map { "\($0["id"]?.string ?? "") \($0["title"]?.string ?? "")" })
        key.add("labels", labels(of: page))
        key.add("comments", comments.sorted())
        key.add("attachments", attachments.sorted())
        if let readers { key.add("readers", readers.fingerprint) }
        return "v\(revision)-\(key.digest)"
    }

    static func revision(of page: JSONElement) -> Int? {
        guard let number = page["version"]?["number"]?.int, number > 0 else { return nil }
        return number
    }

    static func labels(of page: JSONElement) -> [String] {
        let labels = page["metadata"]?["labels"]?["results"]?.array.map { $0.map { $0["name"]?.string ?? "" } } ?? []
        return labels.filter { !$0.isEmpty }.sorted()
    }
}
