import Shared

/// The ids of every page and blog post of one space, from the database's listings.
///
/// The search index, which lags behind and may be rebuilt at any time, is no proof that a page is gone.
actor ConfluenceCensus {
    private let site: ConfluenceSite
    private let space: String
    /// nil until it was looked whether the space can be seen.
    private var listings: [ConfluenceListing]?

    init(site: ConfluenceSite, space: String) {
        self.site = site
        self.space = space
    }

    func next() async throws(SourceError) -> [String]? {
        if listings == nil { listings = try await started() }
        while let listing = listings?.first {
            if let pages = try await listing.next() {
                var ids: [String] = []
                for page in pages { ids.append(try ConfluenceSearch.numericID(page)) }
                return ids
            }
            listings?.removeFirst()
        }
        return nil
    }

    private func started() async throws(SourceError) -> [ConfluenceListing] {
        // A space that cannot be seen any more looks empty.
        guard let id = try await site.visibleSpaces([space])[space] else { throw ConfluenceSite.notVisible(space) }
        guard site.isCloud else {
            return ConfluenceSite.pageTypes.map { site.pages(ofType: $0, in: space, size: 500, expand: []) }
        }
        return ["pages", "blogposts"].map {
            site.listingOfVersion2($0, [("space-id", id), ("status", "current")])
        }
    }
}
