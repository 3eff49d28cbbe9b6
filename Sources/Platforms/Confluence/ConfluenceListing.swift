import Shared

/// One listing, read page by page to its true end whichever way the edition pages: by cursor or by offset.
struct ConfluenceListing: Sendable {
    /// The items of the next page that has any; nil at the end.
    let next: @Sendable () async throws(SourceError) -> [JSONElement]?

    init(_ pager: CursorPager) {
        next = { () async throws(SourceError) -> [JSONElement]? in try await pager.next() }
    }

    init(_ pager: ConfluenceOffsetPager) {
        next = { () async throws(SourceError) -> [JSONElement]? in try await pager.next() }
    }

    /// Everything that is left.
    func all() async throws(SourceError) -> [JSONElement] {
        var items: [JSONElement] = []
        while let page = try await next() { items += page }
        return items
    }
}

extension ConfluenceSite {
    /// Content that a query finds.
    ///
    /// - Parameter size: items a page is asked for at most; the server gives fewer when bodies are expanded.
    func search(_ query: ConfluenceQuery, size: Int, expand: [String]) -> ConfluenceListing {
        let what = "Confluence search"
        let path = "/rest/api/content/search"
        let expand = ("expand", expand.joined(separator: ","))
        guard isCloud else {
            return ConfluenceListing(
                ConfluenceOffsetPager(what, size: size) { [self] start, limit throws(SourceError) in
                    try await ask(query, isFirst: start == 0) { client, cql throws(SourceError) in
                        try await client.getPage(
                            path, [("cql", cql), ("limit", "\(limit)"), ("start", "\(start)"), expand], size: limit)
                    }
                })
        }
        // A cursor belongs to its query, so the query must not change from page to page.
        let query = query.fixed()
        return ConfluenceListing(
            CursorPager(what, size: size) { [self] cursor, limit throws(SourceError) in
                let answer = try await ask(query, isFirst: cursor == nil) { client, cql throws(SourceError) in
                    try await client.getPage(
                        path, [("cql", cql), ("limit", "\(limit)"), expand], encoded: cursor, size: limit)
                }
                return CursorPager.Page(
                    items: try ConfluenceSearch.results(answer), next: try ConfluenceSearch.cursor(answer, client))
            })
    }

    /// A listing of version 2 of Cloud's API.
    func listingOfVersion2(_ kind: String, _ filter: [(String, String)]) -> ConfluenceListing {
        ConfluenceListing(
            CursorPager("Confluence \(kind)", size: 250) { [self] cursor, limit throws(SourceError) in
                let answer = try await client.getPage(
                    "/api/v2/\(kind)", filter + [("limit", "\(limit)")], encoded: cursor, size: limit)
                return CursorPager.Page(
                    items: try ConfluenceSearch.results(answer), next: try ConfluenceSearch.cursor(answer, client))
            })
    }

    /// A listing of Data Center's API from its database.
    func listingByOffset(_ kind: String, _ filter: [(String, String)], size: Int) -> ConfluenceListing {
        ConfluenceListing(
            ConfluenceOffsetPager("Confluence \(kind)", size: size) { [self] start, limit throws(SourceError) in
                try await client.getPage(
                    "/rest/api/\(kind)", filter + [("limit", "\(limit)"), ("start", "\(start)")], size: limit)
            })
    }

    static let pageTypes = ["page", "blogpost"]

    /// Data Center's pages of one type in a space.
    func pages(ofType type: String, in space: String, size: Int, expand: [String]) -> ConfluenceListing {
        listingByOffset(
            "content",
            [
                ("spaceKey", space), ("type", type), ("status", "current"), ("expand", expand.joined(separator: ",")),
            ], size: size)
    }

    /// Sends a query with its window relative to the server's clock and, where that is refused, once more with a date.
    private func ask(
        _ query: ConfluenceQuery, isFirst: Bool,
        _ send: (AtlassianClient, String) async throws(SourceError) -> JSONElement
    ) async throws(SourceError) -> JSONElement {
        let client = client
        // By offset, what changes meanwhile is to move towards the pages that were read already.
        let newestFirst = !isCloud
        guard isFirst, query.window != nil, !wantsDateLiterals else {
            return try await send(client, query.cql(literal: wantsDateLiterals, newestFirst: newestFirst))
        }
        do throws(SourceError) {
            return try await send(client, query.cql(literal: false, newestFirst: newestFirst))
        } catch {
            guard error.code == .rejected,
                let answer = try? await send(client, query.cql(literal: true, newestFirst: newestFirst))
            else { throw error }
            wantsDateLiterals = true
            return answer
        }
    }
}
