import FoundationEssentials
import Shared

/// One pass over the changed pages of some spaces, a page of the listing at a time.
///
/// First the pages that changed themselves, then those that only got a comment or an attachment: that raises no version and
/// moves no date of the page. The window is relative to the server's clock, because the zone of a literal is the site's and
/// cannot be asked for; it overlaps by five minutes for what the search index had not seen yet.
actor ConfluenceWalk {
    static let overlapInMinutes = 5
    private static let pagesPerQuery = 50
    private static let expand = [
        "body.storage", "version", "history", "history.lastUpdated", "ancestors", "space", "metadata.labels",
        "children.comment", "children.attachment.version",
    ].joined(separator: ",")

    private let client: AtlassianClient
    private let mapping: ConfluenceDocument
    private let pages: CursorPager?
    private let children: CursorPager?
    /// Version of each page delivered: the cursor is no snapshot and may bring one twice.
    private var delivered: [String: Int] = [:]
    /// Pages that are still to be read by id; nil until the children were listed.
    private var remaining: [String]?

    init(client: AtlassianClient, spaces: [String], since: Date, now: Date, mapping: ConfluenceDocument) {
        self.client = client
        self.mapping = mapping
        guard !spaces.isEmpty else {
            pages = nil
            children = nil
            return
        }
        let window = Self.window(spaces: spaces, since: since, now: now)
        pages = ConfluenceSearch.pager(
            client, cql: "type in (page,blogpost) and \(window) order by lastmodified", limit: Self.pagesPerQuery,
            expand: Self.expand)
        children = ConfluenceSearch.pager(
            client, cql: "type in (comment,attachment) and \(window) order by lastmodified", limit: 200,
            expand: "container")
    }

    /// The CQL of spaces and time: minutes before the server's now, rounded up.
    static func window(spaces: [String], since: Date, now: Date) -> String {
        let minutes = (now.timeIntervalSince(since) / 60).rounded(.up)
        // A century is everything; more could overflow at the server.
        let asked = Int(min(max(minutes, 0), 52_560_000)) + overlapInMinutes
        let keys = spaces.map(ConfluenceSearch.quoted).joined(separator: ",")
        return "space in (\(keys)) and lastmodified >= now(\"-\(asked)m\")"
    }

    func next() async throws(SourceError) -> [Document]? {
        guard let pages, let children else { return nil }
        while let items = try await pages.next() {
            let documents = try await deliver(items)
            if !documents.isEmpty { return documents }
        }
        if remaining == nil { remaining = try await pagesOfChildren(children) }
        while let batch = takeBatch() {
            let list = batch.joined(separator: ",")
            let pager = ConfluenceSearch.pager(
                client, cql: "type in (page,blogpost) and id in (\(list))", limit: Self.pagesPerQuery,
                expand: Self.expand)
            let documents = try await deliver(try await pager.all())
            if !documents.isEmpty { return documents }
        }
        return nil
    }

    private func takeBatch() -> [String]? {
        guard let batch = remaining?.prefix(Self.pagesPerQuery), !batch.isEmpty else { return nil }
        remaining?.removeFirst(batch.count)
        return Array(batch)
    }

    /// The pages of changed comments and attachments that were not delivered yet, in a fixed order.
    private func pagesOfChildren(_ children: CursorPager) async throws(SourceError) -> [String] {
        var found: Set<String> = []
        while let items = try await children.next() {
            for item in items {
                guard let container = item["container"], ["page", "blogpost"].contains(container["type"]?.string ?? "")
                else {
                    continue
                }
                let id = try ConfluenceSearch.numericID(container)
                if delivered[id] == nil { found.insert(id) }
            }
        }
        return found.sorted()
    }

    private func deliver(_ items: [JSONElement]) async throws(SourceError) -> [Document] {
        var fresh: [JSONElement] = []
        for item in items {
            let id = try ConfluenceSearch.numericID(item)
            let version = item["version"]?["number"]?.int ?? 0
            if let known = delivered[id], known >= version { continue }
            delivered[id] = version
            fresh.append(item)
        }
        let client = client
        let mapping = mapping
        let documents = try await boundedMap(fresh, limit: AtlassianClient.concurrency) { item throws(SourceError) in
            guard let comments = try await Self.comments(of: item, client) else { return Document?.none }
            return try mapping.document(item, comments: comments)
        }
        return documents.compactMap { $0 }
    }

    /// All comments of a page, replies and inline ones included; no request for a page without any. nil when the page has
    /// gone since it was listed: the search index lags behind.
    private static func comments(
        of page: JSONElement, _ client: AtlassianClient
    ) async throws(SourceError) -> [JSONElement]? {
        if page["children"]?["comment"]?["size"]?.int == 0 { return [] }
        let id = try ConfluenceSearch.numericID(page)
        var isGone = false
        let comments = try await CursorPager.byOffset("Confluence comments") { start throws(SourceError) in
            let answer = try await client.getIfFound(
                "/rest/api/content/\(id)/child/comment",
                [
                    ("depth", "all"), ("limit", "50"), ("start", "\(start)"),
                    ("expand", "body.storage,version,history,extensions.inlineProperties,extensions.resolution"),
                ])
            guard let answer else {
                isGone = true
                return ([], false)
            }
            return (try ConfluenceSearch.results(answer), ConfluenceSearch.hasNext(answer))
        }
        return isGone ? nil : comments
    }
}
