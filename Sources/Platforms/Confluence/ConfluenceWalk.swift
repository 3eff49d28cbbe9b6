import Shared

/// One pass over the changed pages of some spaces, a page of the listing at a time.
///
/// First the pages that changed themselves, then those that only got a comment or an attachment: that raises no version and
/// moves no date of the page.
actor ConfluenceWalk {
    private let site: ConfluenceSite
    private let reader: ConfluenceReader
    private let place: String
    private let window: ConfluenceQuery.Window
    private var pages: ConfluenceListing?
    /// Pages that are still to be read by id; nil until the children were listed.
    private var remaining: [String]?

    init(site: ConfluenceSite, reader: ConfluenceReader, spaces: [String], window: ConfluenceQuery.Window) {
        self.site = site
        self.reader = reader
        self.window = window
        place = ConfluenceQuery.spaces(spaces)
        pages = site.search(
            ConfluenceQuery("page", "blogpost", place: place, window: window), size: ConfluenceReader.pagesPerQuery,
            expand: ConfluenceReader.expand)
    }

    func next() async throws(SourceError) -> [Document]? {
        while let items = try await pages?.next() {
            let documents = try await reader.documents(of: items)
            if !documents.isEmpty { return documents }
        }
        pages = nil
        if remaining == nil { remaining = try await pagesOfChildren() }
        while let batch = remaining?.prefix(ConfluenceReader.pagesPerQuery), !batch.isEmpty {
            remaining?.removeFirst(batch.count)
            let documents = try await reader.documents(ids: Array(batch))
            if !documents.isEmpty { return documents }
        }
        return nil
    }

    /// The pages of changed comments and attachments that were not delivered yet, in a fixed order.
    private func pagesOfChildren() async throws(SourceError) -> [String] {
        // Made here and not at the start: its window counts from the moment it is asked.
        let children = site.search(
            ConfluenceQuery("comment", "attachment", place: place, window: window), size: 200, expand: ["container"])
        var found: Set<String> = []
        while let items = try await children.next() {
            for item in items {
                guard let id = try ConfluenceChildren.container(of: item), !found.contains(id) else { continue }
                if await !reader.hasDelivered(id) { found.insert(id) }
            }
        }
        return found.sorted()
    }
}
