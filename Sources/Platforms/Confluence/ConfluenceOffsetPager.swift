import Shared

/// Walks a listing that is continued by offset and tells no total, to its true end.
///
/// The server may cut pages silently and leave the link to the next one out, so a short page is no end. Each page begins with
/// the last item of the one before: when only that comes, nothing follows; when it is not among what came before, the listing
/// has moved meanwhile, and a page is read again. Items are given once.
actor ConfluenceOffsetPager {
    struct Page: Sendable {
        var items: [JSONElement]
        /// The server says that more follows; silence says nothing.
        var hasNext: Bool
    }

    private static let maximumStepsBack = 100
    private static let maximumStandstill = 5

    private let what: String
    private let fetch: @Sendable (_ start: Int, _ limit: Int, _ isSmallest: Bool) async throws(SourceError) -> Page
    private var size: PageSize
    /// Offset of the next item that was not seen yet.
    private var position = 0
    /// The largest ``position`` so far.
    private var furthest = 0
    private var seen: Set<String> = []
    private var stepsBack = 0
    private var standstill = 0
    private var isDone = false

    /// - Parameters:
    ///   - what: the listing in messages: `Confluence search`.
    ///   - size: how many items a page is asked for at most; fewer when it proves too heavy.
    ///   - fetch: reads one page; `isSmallest` when less cannot be asked for.
    init(
        _ what: String, size: Int,
        fetch:
            @escaping @Sendable (_ start: Int, _ limit: Int, _ isSmallest: Bool) async throws(SourceError) -> Page
    ) {
        self.what = what
        self.size = PageSize(size)
        self.fetch = fetch
    }

    /// The items of the next page that has any new ones; nil at the end.
    func next() async throws(SourceError) -> [JSONElement]? {
        while !isDone {
            let start = max(0, position - 1)
            let overlap = position - start
            let fetch = fetch
            var size = size
            let page = try await size.adapted { limit throws(SourceError) in
                try await fetch(start, limit + overlap, limit == 1)
            }
            self.size = size
            if try isConnected(page, overlap: overlap) {
                let fresh = try take(page, start: start, overlap: overlap)
                if !fresh.isEmpty { return fresh }
            } else {
                stepsBack += 1
                if stepsBack > Self.maximumStepsBack { throw incomplete("it keeps moving while it is read") }
                position = max(0, position - size.largest)
            }
        }
        return nil
    }

    /// Whether a page goes on where the one before ended.
    private func isConnected(_ page: Page, overlap: Int) throws(SourceError) -> Bool {
        if let first = page.items.first {
            let id = try Self.id(first)
            return overlap == 0 || seen.contains(id)
        }
        if page.hasNext { throw incomplete("an empty page before the end") }
        // The overlap has gone, too, so the listing has become shorter.
        if overlap > 0 { return false }
        if !seen.isEmpty { throw incomplete("it became empty while it was read") }
        return true
    }

    private func take(_ page: Page, start: Int, overlap: Int) throws(SourceError) -> [JSONElement] {
        position = start + page.items.count
        isDone = page.items.count <= overlap && !page.hasNext
        var fresh: [JSONElement] = []
        for item in page.items where seen.insert(try Self.id(item)).inserted { fresh.append(item) }
        if !fresh.isEmpty {
            standstill = 0
        } else if position >= furthest {
            standstill += 1
            if standstill > Self.maximumStandstill { throw incomplete("the same items again and again") }
        }
        furthest = max(furthest, position)
        return fresh
    }

    private func incomplete(_ why: String) -> SourceError {
        SourceError(.unexpectedAnswer, "\(what): \(why), the listing is incomplete")
    }

    private static func id(_ item: JSONElement) throws(SourceError) -> String {
        if let id = item["id"]?.string ?? item["id"]?.int.map(String.init) { return id }
        throw SourceError(.unexpectedAnswer, "Confluence: a listing with an item without an id")
    }
}
