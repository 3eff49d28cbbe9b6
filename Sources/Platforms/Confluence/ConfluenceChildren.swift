import Shared

/// Comments and attachments of one page.
struct ConfluenceChildren: Sendable {
    var comments: [JSONElement] = []
    var attachments: [JSONElement] = []

    /// What is expanded to tell which version of a child there is.
    static let versionExpand = ["container", "version", "extensions.resolution"]
    private static let expand =
        versionExpand + ["body.storage", "history", "ancestors", "extensions.inlineProperties"]

    /// All comments, replies and inline ones included, and all attachments of some pages, by page id.
    ///
    /// One search for many pages: the API has no cheaper way, and version 1's list for one page has left Cloud.
    static func read(of pages: [String], _ site: ConfluenceSite) async throws(SourceError) -> [String:
        ConfluenceChildren]
    {
        guard !pages.isEmpty else { return [:] }
        let query = ConfluenceQuery(
            "comment", "attachment", place: "container in (\(pages.joined(separator: ",")))")
        var children: [String: ConfluenceChildren] = [:]
        let listing = site.search(query, size: 50, expand: expand)
        while let items = try await listing.next() {
            for item in items {
                guard let page = try container(of: item) else { continue }
                if item["type"]?.string == "comment" {
                    children[page, default: ConfluenceChildren()].comments.append(item)
                } else {
                    children[page, default: ConfluenceChildren()].attachments.append(item)
                }
            }
        }
        return children
    }

    /// The id of the page or blog post that a comment or attachment belongs to; nil for one of something else.
    static func container(of item: JSONElement) throws(SourceError) -> String? {
        guard let container = item["container"], ["page", "blogpost"].contains(container["type"]?.string ?? "") else {
            return nil
        }
        return try ConfluenceSearch.numericID(container)
    }

    static func isResolved(_ comment: JSONElement) -> Bool {
        comment["extensions"]?["resolution"]?["status"]?.string == "resolved"
    }

    /// What tells two versions of a comment or attachment apart.
    static func version(of item: JSONElement) -> String {
        "\(item["version"]?["number"]?.int ?? 0)" + (isResolved(item) ? "r" : "")
    }
}
