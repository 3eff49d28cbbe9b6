import Shared

/// Walks a listing that is continued by opaque tokens, page by page, to its true end.
///
/// A short or empty page is no end, only a missing token is. A token that came before would go round in circles, so it is an
/// error, as is a long row of empty pages: a listing is complete or it fails.
actor CursorPager {
    struct Page: Sendable {
        var items: [JSONElement]
        /// nil or empty on the last page.
        var next: String?
    }

    private static let maximumEmptyPages = 200

    private let what: String
    private let fetch: @Sendable (String?, Int) async throws(SourceError) -> Page
    private var size: PageSize
    private var token: String?
    private var seen: Set<String> = []
    private var isDone = false

    /// - Parameters:
    ///   - what: the listing in messages: `Confluence search`.
    ///   - size: how many items a page is asked for at most; fewer when it proves too heavy.
    ///   - fetch: reads the page of a token, nil for the first, and of a size.
    init(
        _ what: String, size: Int, fetch: @escaping @Sendable (String?, Int) async throws(SourceError) -> Page
    ) {
        self.what = what
        self.size = PageSize(size)
        self.fetch = fetch
    }

    /// The items of the next page that has any; nil at the end.
    func next() async throws(SourceError) -> [JSONElement]? {
        for _ in 0..<Self.maximumEmptyPages {
            if isDone { return nil }
            let token = token
            let fetch = fetch
            var size = size
            let page = try await size.adapted { limit throws(SourceError) in try await fetch(token, limit) }
            self.size = size
            if let next = page.next, !next.isEmpty {
                guard seen.insert(next).inserted else {
                    throw SourceError(
                        .unexpectedAnswer, "\(what): the same page was offered twice, the listing is incomplete")
                }
                self.token = next
            } else {
                isDone = true
            }
            if !page.items.isEmpty { return page.items }
        }
        throw SourceError(.unexpectedAnswer, "\(what): \(Self.maximumEmptyPages) empty pages in a row")
    }

    /// Everything that is left.
    func all() async throws(SourceError) -> [JSONElement] {
        var items: [JSONElement] = []
        while let page = try await next() { items += page }
        return items
    }

    /// All items of a listing that is continued by offset, which advances by what was received.
    static func byOffset(
        _ what: String, fetch: (Int) async throws(SourceError) -> (items: [JSONElement], hasMore: Bool)
    ) async throws(SourceError) -> [JSONElement] {
        try await byOffset(what, size: 1) { start, _ throws(SourceError) in try await fetch(start) }
    }

    /// The same with pages of at most `size` items, fewer when they prove too heavy.
    static func byOffset(
        _ what: String, size: Int, fetch: (Int, Int) async throws(SourceError) -> (items: [JSONElement], hasMore: Bool)
    ) async throws(SourceError) -> [JSONElement] {
        var items: [JSONElement] = []
        var size = PageSize(size)
        while true {
            let start = items.count
            let page = try await size.adapted { limit throws(SourceError) in try await fetch(start, limit) }
            items += page.items
            if !page.hasMore { return items }
            if page.items.isEmpty {
                throw SourceError(.unexpectedAnswer, "\(what): an empty page before the end, the listing is incomplete")
            }
        }
    }
}
