import Shared

/// One pass over the changed pages of some spaces, a page of the listing at a time.
///
/// First the pages that changed themselves, then those that only got a comment or an attachment: that raises no version and
/// moves no date of the page.
actor ConfluenceWalk {
    private enum Stage {
        case start
        case pages(ConfluenceListing)
        /// Pages that are still to be read by id.
        case pagesOfChildren([String])
    }

    private let site: ConfluenceSite
    private let reader: ConfluenceReader
    private let spaces: [String]
    private let areConfigured: Bool
    private let window: ConfluenceQuery.Window
    /// Pages that could not be read; everything else is read first.
    private let unreadable = UnreadablePages()
    private var stage = Stage.start

    /// - Parameter areConfigured: the spaces were named by a person, so they may not exist.
    init(
        site: ConfluenceSite, instance: String, spaces: [String], areConfigured: Bool, window: ConfluenceQuery.Window
    ) {
        self.site = site
        self.spaces = spaces
        self.areConfigured = areConfigured
        self.window = window
        reader = ConfluenceReader(site: site, instance: instance, unreadable: unreadable)
    }

    func next() async throws(SourceError) -> [Document]? {
        guard !spaces.isEmpty else { return nil }
        while true {
            switch stage {
            case .start:
                if areConfigured { try await checkSpaces() }
                stage = .pages(
                    listing("page", "blogpost", size: ConfluenceReader.pagesPerQuery, ConfluenceReader.expand))
            case .pages(let listing):
                guard let items = try await listing.next() else {
                    stage = .pagesOfChildren(try await pagesOfChildren())
                    continue
                }
                let documents = try await reader.documents(of: items)
                if !documents.isEmpty { return documents }
            case .pagesOfChildren(let remaining):
                let batch = remaining.prefix(ConfluenceReader.pagesPerQuery)
                if batch.isEmpty {
                    try unreadable.check()
                    return nil
                }
                let documents = try await reader.documents(ids: Array(batch))
                stage = .pagesOfChildren(Array(remaining.dropFirst(batch.count)))
                if !documents.isEmpty { return documents }
            }
        }
    }

    private func listing(_ types: String..., size: Int, _ expand: [String]) -> ConfluenceListing {
        let query = ConfluenceQuery(types: types, place: ConfluenceQuery.spaces(spaces), window: window)
        return site.search(query, size: size, expand: expand, unreadable: unreadable)
    }

    /// The pages of changed comments and attachments that were not delivered yet, in a fixed order.
    private func pagesOfChildren() async throws(SourceError) -> [String] {
        let children = listing("comment", "attachment", size: 200, ["container"])
        var found: Set<String> = []
        while let items = try await children.next() {
            for item in items {
                guard let id = try ConfluenceChildren.container(of: item), !found.contains(id) else { continue }
                if await !reader.hasDelivered(id) { found.insert(id) }
            }
        }
        return found.sorted()
    }

    /// A space that cannot be seen is an error: a search would take it for an empty one.
    private func checkSpaces() async throws(SourceError) {
        let visible = try await site.visibleSpaces(spaces)
        if let missing = spaces.first(where: { visible[$0] == nil }) { throw ConfluenceSite.notVisible(missing) }
    }
}
