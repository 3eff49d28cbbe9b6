import Shared

/// Finds out who may read pages: their own restrictions come with them, those of the pages above are looked up in bulk.
///
/// The API offers to expand the restrictions of ancestors, too, but then answers 404 for some pages (CONFCLOUD-77618), so
/// each ancestor is asked for once, a hundred at a time. Who reads a space is asked for once for each.
actor ReaderLookup {
    private static let idsPerQuery = 100

    private let site: ConfluenceSite
    private let spaces: SpaceReaders
    private var known: [String: Principals] = [:]
    /// Pages that were looked at, also those whose restriction is not told.
    private var seen: Set<String> = []

    init(site: ConfluenceSite) {
        self.site = site
        spaces = SpaceReaders(site: site)
    }

    /// The readers of each page in turn; nil where some level is unknown.
    func readers(of pages: [JSONElement]) async throws(SourceError) -> [PageReaders?] {
        note(pages)
        let above = pages.map(Self.ancestors)
        try await load(Set(above.joined()).subtracting(seen).sorted())
        var readers: [PageReaders?] = []
        for (page, ancestors) in zip(pages, above) {
            var judged = judge(ancestors + [page["id"]?.string ?? ""])
            judged?.space = try await spaces.readers(of: page["space"])
            readers.append(judged)
        }
        return readers
    }

    private func judge(_ ids: [String]) -> PageReaders? {
        var readers = PageReaders()
        for id in ids {
            guard let restriction = known[id] else { return nil }
            if !restriction.isEmpty { readers.levels.append(PageReaders.Level(id: id, readers: restriction)) }
        }
        return readers
    }

    private func note(_ pages: [JSONElement]) {
        for page in pages {
            guard let id = page["id"]?.string else { continue }
            seen.insert(id)
            known[id] = ReadRestriction.of(page)
        }
    }

    private func load(_ ids: [String]) async throws(SourceError) {
        seen.formUnion(ids)
        let numeric = ids.filter(ConfluenceSearch.isNumeric)
        for start in stride(from: 0, to: numeric.count, by: Self.idsPerQuery) {
            let batch = numeric[start..<min(start + Self.idsPerQuery, numeric.count)]
            let query = ConfluenceQuery(place: "id in (\(batch.joined(separator: ",")))")
            note(try await site.search(query, size: Self.idsPerQuery, expand: ReadRestriction.expand).all())
        }
    }

    private static func ancestors(_ page: JSONElement) -> [String] {
        (page["ancestors"]?.array.map { $0.map { $0["id"]?.string ?? "" } } ?? []).filter { !$0.isEmpty }
    }
}
