import Shared

/// Turns listed pages into documents, each version of a page once in a run.
actor ConfluenceReader {
    static let pagesPerQuery = 50
    static let expand = ConfluenceVersion.expand + ["body.storage", "history", "history.lastUpdated"]

    private let site: ConfluenceSite
    private let mapping: ConfluenceDocument
    private let lookup: ReaderLookup
    /// What could not be read; the walk is incomplete at its end.
    private let unreadable: UnreadablePages
    /// Version of each page delivered: no listing is a snapshot, and several may bring one page.
    private var delivered: [String: Int] = [:]

    init(site: ConfluenceSite, instance: String, unreadable: UnreadablePages) {
        self.site = site
        self.unreadable = unreadable
        mapping = ConfluenceDocument(instance: instance, site: site.browserBase)
        lookup = ReaderLookup(site: site)
    }

    func hasDelivered(_ id: String) -> Bool { delivered[id] != nil }

    /// The documents of a page of a listing, without those that were delivered before.
    func documents(of pages: [JSONElement]) async throws(SourceError) -> [Document] {
        var fresh: [(id: String, page: JSONElement)] = []
        for page in pages {
            let id = try ConfluenceSearch.numericID(page)
            if let known = delivered[id], known >= ConfluenceVersion.revision(of: page) ?? 0 { continue }
            fresh.append((id, page))
        }
        guard !fresh.isEmpty else { return [] }
        let children = try await ConfluenceChildren.read(of: fresh.map(\.id), site)
        let readers = try await lookup.readers(of: fresh.map(\.page))
        var documents: [Document] = []
        for ((id, page), readers) in zip(fresh, readers) {
            documents.append(try mapping.document(page, children[id] ?? ConfluenceChildren(), readers: readers))
            delivered[id] = ConfluenceVersion.revision(of: page)
        }
        return documents
    }

    /// The documents of pages by id, those left out that are gone or cannot be seen.
    func documents(ids: [String]) async throws(SourceError) -> [Document] {
        let query = ConfluenceQuery("page", "blogpost", place: "id in (\(ids.joined(separator: ",")))")
        let listing = site.search(query, size: Self.pagesPerQuery, expand: Self.expand, unreadable: unreadable)
        var documents: [Document] = []
        while let pages = try await listing.next() { documents += try await self.documents(of: pages) }
        return documents
    }
}
