import Shared

/// Reads all comments of an issue.
struct JiraComments: Sendable {
    let client: AtlassianClient
    let edition: AtlassianEdition
    /// `/rest/api/3`
    let root: String
    /// Whether comments that not every reader of the issue may see are kept, too.
    let includesRestricted: Bool

    struct Comment {
        let item: JSONElement
        /// Who alone may read it, nil for everybody who reads the issue: `internal` of a service desk, a role or a group.
        let restriction: String?
    }

    /// A search embeds about twenty comments; when there are more, all are read by page.
    func all(of issue: JSONElement) async throws(SourceError) -> [Comment] {
        let embedded = issue["fields"]?["comment"]
        var items = embedded?["comments"]?.array.map(Array.init) ?? []
        let total = embedded?["total"]?.int ?? (embedded == nil ? 1 : items.count)
        if total > items.count || (total > 0 && hidesWhatIsInternal(issue)) {
            items = try await read(try JiraDocument.numericID(issue))
        }
        var comments: [Comment] = []
        var seen: Set<String> = []
        for item in items where seen.insert(item["id"]?.string ?? "").inserted {
            let restriction = Self.restriction(of: item)
            if restriction == nil || includesRestricted {
                comments.append(Comment(item: item, restriction: restriction))
            }
        }
        return comments
    }

    /// Data Center tells what is internal to a service desk only where comments are read by themselves, as a property.
    private func hidesWhatIsInternal(_ issue: JSONElement) -> Bool {
        edition == .datacenter && issue["fields"]?["project"]?["projectTypeKey"]?.string == "service_desk"
    }

    private static func restriction(of item: JSONElement) -> String? {
        if item["jsdPublic"]?.bool == false { return "internal" }
        for property in item["properties"]?.array.map(Array.init) ?? []
        where property["key"]?.string == "sd.public.comment" && property["value"]?["internal"]?.bool == true {
            return "internal"
        }
        guard let visibility = item["visibility"], visibility.isObject else { return nil }
        return "only \((visibility["value"]?.string ?? "some").shortened(100))"
    }

    private func read(_ id: String) async throws(SourceError) -> [JSONElement] {
        try await CursorPager.byOffset("Jira comments", size: 100) { start, limit throws(SourceError) in
            let answer = try await client.getIfFound(
                "\(root)/issue/\(id)/comment",
                [
                    ("startAt", "\(start)"), ("maxResults", "\(limit)"), ("orderBy", "created"),
                    ("expand", "properties"),
                ], size: limit)
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
