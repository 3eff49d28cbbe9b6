import Shared

/// The version key that each page of one space would be loaded with now, without reading bodies or asking for each page.
///
/// Two hundred pages, and as many comments and attachments, come with one request.
actor ConfluenceStates {
    private static let pagesPerQuery = 200

    private let site: ConfluenceSite
    private let place: String
    private let lookup: ReaderLookup
    /// Ids and versions of comments and attachments by page; nil until they were listed.
    private var children: [String: (comments: [String], attachments: [String])]?
    private var listings: [ConfluenceListing]

    init(site: ConfluenceSite, space: String) {
        self.site = site
        place = ConfluenceQuery.spaces([space])
        lookup = ReaderLookup(site: site)
        if site.isCloud {
            let query = ConfluenceQuery("page", "blogpost", place: place)
            listings = [site.search(query, size: Self.pagesPerQuery, expand: ConfluenceVersion.expand)]
        } else {
            listings = ConfluenceSite.pageTypes.map {
                site.pages(ofType: $0, in: space, size: Self.pagesPerQuery, expand: ConfluenceVersion.expand)
            }
        }
    }

    /// Version keys by page id.
    func next() async throws(SourceError) -> [String: String]? {
        let children: [String: (comments: [String], attachments: [String])]
        if let known = self.children { children = known } else { children = try await readChildren() }
        self.children = children
        while let listing = listings.first {
            guard let pages = try await listing.next() else {
                listings.removeFirst()
                continue
            }
            let readers = try await lookup.readers(of: pages)
            var keys: [String: String] = [:]
            for (page, readers) in zip(pages, readers) {
                let id = try ConfluenceSearch.numericID(page)
                let own = children[id] ?? ([], [])
                keys[id] = ConfluenceVersion.key(
                    of: page, comments: own.comments, attachments: own.attachments, readers: readers)
            }
            return keys
        }
        return nil
    }

    private func readChildren() async throws(SourceError) -> [String: (comments: [String], attachments: [String])] {
        let query = ConfluenceQuery("comment", "attachment", place: place)
        let listing = site.search(query, size: Self.pagesPerQuery, expand: ConfluenceChildren.versionExpand)
        var children: [String: (comments: [String], attachments: [String])] = [:]
        while let items = try await listing.next() {
            for item in items {
                guard let page = try ConfluenceChildren.container(of: item), let id = item["id"]?.string else {
                    continue
                }
                let version = "\(id):\(ConfluenceChildren.version(of: item))"
                if item["type"]?.string == "comment" {
                    children[page, default: ([], [])].comments.append(version)
                } else {
                    children[page, default: ([], [])].attachments.append(version)
                }
            }
        }
        return children
    }
}
