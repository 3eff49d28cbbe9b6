import Shared

/// Walks a listing that is continued by offset and tells no total, to its true end.
///
/// The server may cut pages silently and leave the link to the next one out, so a short page is no end. Each page begins with
/// the last item of the one before: when only that comes, nothing follows; when it is not among what came before, the listing
/// has moved meanwhile, and a page is read again. Items are given once.
actor ConfluenceOffsetPager {
    private static let maximumStepsBack = 100
    private static let maximumStandstill = 5

    private let what: String
    private let fetch: @Sendable (_ start: Int, _ limit: Int) async throws(SourceError) -> JSONElement
    private var size: PageSize
    /// Offset of the next item that was not seen yet.
    private var position = 0
    private var seen: Set<String> = []
    private var stepsBack = 0
    private var standstill = 0
    private var isDone = false

    /// - Parameters:
    ///   - what: the listing in messages: `Confluence search`.
    ///   - size: how many items a page is asked for at most; fewer when it proves too heavy.
    init(
        _ what: String, size: Int,
        fetch: @escaping @Sendable (_ start: Int, _ limit: Int) async throws(SourceError) -> JSONElement
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
            let answer = try await size.adapted { limit throws(SourceError) in
                try await fetch(start, limit + overlap)
            }
            self.size = size
            let items = try ConfluenceSearch.results(answer)
            if let first = items.first {
                if overlap > 0, !seen.contains(try Self.id(first)) {
                    try stepBack()
                    continue
                }
            } else {
                if ConfluenceSearch.hasNext(answer) {
                    throw incomplete("an empty page before the end")
                }
                // The overlap has gone, too, so the listing has become shorter.
                if overlap > 0 {
                    try stepBack()
                    continue
                }
                if !seen.isEmpty { throw incomplete("it became empty while it was read") }
            }
            position = start + items.count
            isDone = items.count <= overlap && !ConfluenceSearch.hasNext(answer)
            var fresh: [JSONElement] = []
            for item in items where seen.insert(try Self.id(item)).inserted { fresh.append(item) }
            if !fresh.isEmpty {
                standstill = 0
                return fresh
            }
            standstill += 1
            if standstill > Self.maximumStandstill { throw incomplete("the same items again and again") }
        }
        return nil
    }

    private func stepBack() throws(SourceError) {
        stepsBack += 1
        if stepsBack > Self.maximumStepsBack { throw incomplete("it keeps moving while it is read") }
        position = max(0, position - size.largest)
    }

    private func incomplete(_ why: String) -> SourceError {
        SourceError(.unexpectedAnswer, "\(what): \(why), the listing is incomplete")
    }

    private static func id(_ item: JSONElement) throws(SourceError) -> String {
        if let id = item["id"]?.string ?? item["id"]?.int.map(String.init) { return id }
        throw SourceError(.unexpectedAnswer, "Confluence: a listing with an item without an id")
    }
}
