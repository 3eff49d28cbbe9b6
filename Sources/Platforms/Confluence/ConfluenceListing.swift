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

    /// Leaves unreadable pages out, and fails at the end when there are any and nobody else looks after them.
    init(_ listing: ConfluenceListing, without unreadable: UnreadablePages, failsAtEnd: Bool) {
        next = { () async throws(SourceError) -> [JSONElement]? in
            while let items = try await listing.next() {
                let readable = items.filter { !unreadable.contains($0["id"]?.string ?? "") }
                if !readable.isEmpty { return readable }
            }
            if failsAtEnd { try unreadable.check() }
            return nil
        }
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
    /// - Parameters:
    ///   - size: items a page is asked for at most; the server gives fewer when bodies are expanded.
    ///   - unreadable: gathers what cannot be read instead of failing at the end.
    func search(
        _ query: ConfluenceQuery, size: Int, expand: [String], unreadable: UnreadablePages? = nil
    ) -> ConfluenceListing {
        let found = unreadable ?? UnreadablePages()
        return ConfluenceListing(
            isCloud
                ? searchByCursor(query.fixed(), size, expand, found) : searchByOffset(query, size, expand, found),
            without: found, failsAtEnd: unreadable == nil)
    }

    /// - Parameter query: stays the same from page to page, as a cursor belongs to its query.
    private func searchByCursor(
        _ query: ConfluenceQuery, _ size: Int, _ expand: [String], _ unreadable: UnreadablePages
    ) -> ConfluenceListing {
        ConfluenceListing(
            CursorPager("Confluence search", size: size) { [self] cursor, limit throws(SourceError) in
                let part = try await page(expand, isSmallest: limit == 1, unreadable) { expand throws(SourceError) in
                    try await ask(query, isFirst: cursor == nil, expand) { client, pairs throws(SourceError) in
                        try await client.getPage(
                            Self.searchPath, pairs + [("limit", "\(limit)")], encoded: cursor, size: limit)
                    }
                }
                return CursorPager.Page(
                    items: part.items, next: try ConfluenceSearch.cursor(part.answer, client))
            })
    }

    private func searchByOffset(
        _ query: ConfluenceQuery, _ size: Int, _ expand: [String], _ unreadable: UnreadablePages
    ) -> ConfluenceListing {
        ConfluenceListing(
            ConfluenceOffsetPager("Confluence search", size: size) {
                [self] start, limit, isSmallest throws(SourceError) in
                let part = try await page(expand, isSmallest: isSmallest, unreadable) { expand throws(SourceError) in
                    try await ask(query, isFirst: start == 0, expand) { client, pairs throws(SourceError) in
                        try await client.getPage(
                            Self.searchPath, pairs + [("limit", "\(limit)"), ("start", "\(start)")], size: limit)
                    }
                }
                return ConfluenceOffsetPager.Page(
                    items: part.items, hasNext: ConfluenceSearch.hasNext(part.answer))
            })
    }

    private static let searchPath = "/rest/api/content/search"

    /// One page of a search. When it is too heavy and cannot be smaller, its items are asked for one by one; those that cannot
    /// be read even so are noted and stand for themselves with nothing but their id.
    private func page(
        _ expand: [String], isSmallest: Bool, _ unreadable: UnreadablePages,
        _ send: ([String]) async throws(SourceError) -> JSONElement
    ) async throws(SourceError) -> (items: [JSONElement], answer: JSONElement) {
        let bare: JSONElement
        do throws(SourceError) {
            let answer = try await send(expand)
            return (try ConfluenceSearch.results(answer), answer)
        } catch {
            guard error.mayBeTooHeavy, isSmallest, !expand.isEmpty else { throw error }
            bare = try await send([])
        }
        var items: [JSONElement] = []
        for item in try ConfluenceSearch.results(bare) {
            let id = item["id"]?.string ?? ""
            items.append(unreadable.contains(id) ? item : try await single(item, id, expand, unreadable))
        }
        return (items, bare)
    }

    private func single(
        _ bare: JSONElement, _ id: String, _ expand: [String], _ unreadable: UnreadablePages
    ) async throws(SourceError) -> JSONElement {
        do throws(SourceError) {
            let query = ConfluenceQuery(place: "id = \(id)")
            let answer = try await ask(query, isFirst: true, expand) { client, pairs throws(SourceError) in
                try await client.getPage(Self.searchPath, pairs + [("limit", "1")], size: 1)
            }
            if let item = try ConfluenceSearch.results(answer).first { return item }
            throw SourceError(.unexpectedAnswer, "Confluence: \(id.shortened(20)) was listed and cannot be found")
        } catch {
            guard error.mayBeTooHeavy || error.code == .unexpectedAnswer else { throw error }
            try unreadable.add(id, error)
            return bare
        }
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
            ConfluenceOffsetPager("Confluence \(kind)", size: size) { [self] start, limit, _ throws(SourceError) in
                let answer = try await client.getPage(
                    "/rest/api/\(kind)", filter + [("limit", "\(limit)"), ("start", "\(start)")], size: limit)
                return ConfluenceOffsetPager.Page(
                    items: try ConfluenceSearch.results(answer), hasNext: ConfluenceSearch.hasNext(answer))
            })
    }

    static let pageTypes = ["page", "blogpost"]

    /// Data Center's pages of one type in a space.
    func pages(ofType type: String, in space: String, size: Int, expand: [String]) -> ConfluenceListing {
        listingByOffset(
            "content", [("spaceKey", space), ("type", type), ("status", "current")] + Self.expanding(expand),
            size: size)
    }

    private static func expanding(_ names: [String]) -> [(String, String)] {
        names.isEmpty ? [] : [("expand", names.joined(separator: ","))]
    }

    /// Sends a query with its window relative to the server's clock and, where that is refused, once more with a date.
    private func ask(
        _ query: ConfluenceQuery, isFirst: Bool, _ expand: [String],
        _ send: (AtlassianClient, [(String, String)]) async throws(SourceError) -> JSONElement
    ) async throws(SourceError) -> JSONElement {
        let client = client
        func pairs(literal: Bool) -> [(String, String)] {
            [("cql", query.cql(literal: literal))] + Self.expanding(expand)
        }
        guard isFirst, query.window != nil, !wantsDateLiterals else {
            return try await send(client, pairs(literal: wantsDateLiterals))
        }
        do throws(SourceError) {
            return try await send(client, pairs(literal: false))
        } catch {
            guard error.code == .rejected, let answer = try? await send(client, pairs(literal: true)) else {
                throw error
            }
            wantsDateLiterals = true
            return answer
        }
    }
}
