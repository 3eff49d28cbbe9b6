import Shared

/// All comments of an issue, internal ones of service desks left out.
enum JiraComments {
    /// The search embeds about twenty comments; when there are more, all are read by page.
    static func all(of issue: JSONElement, _ client: AtlassianClient) async throws(SourceError) -> [JSONElement] {
        let embedded = issue["fields"]?["comment"]
        var comments = embedded?["comments"]?.array.map(Array.init) ?? []
        if let total = embedded?["total"]?.int, total > comments.count {
            comments = try await read(try JiraDocument.numericID(issue), client)
        }
        return comments.filter { $0["jsdPublic"]?.bool != false }
    }

    private static func read(_ id: String, _ client: AtlassianClient) async throws(SourceError) -> [JSONElement] {
        try await CursorPager.byOffset("Jira comments") { start throws(SourceError) in
            let answer = try await client.getIfFound(
                "/rest/api/3/issue/\(id)/comment",
                [("startAt", "\(start)"), ("maxResults", "100"), ("orderBy", "created")])
            // Deleted since it was listed: the next run's search knows.
            guard let answer else { return ([], false) }
            guard let page = answer["comments"]?.array, let total = answer["total"]?.int else {
                throw SourceError(.unexpectedAnswer, "Jira: a listing of comments without comments or total")
            }
            let comments = Array(page)
            return (comments, start + comments.count < total)
        }
    }
}
