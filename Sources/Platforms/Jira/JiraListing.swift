import FoundationEssentials
import Shared

/// One pass over the issues of some projects, a page at a time, whichever edition lists them.
actor JiraListing {
    /// How many issues are remembered to drop those that come twice: more than a page can overlap with those before.
    private static let memory = 20_000
    /// What Data Center gives at most, unless set otherwise there.
    private static let dataCenterSize = 1000

    private enum Pages {
        case cloud(CursorPager)
        case dataCenter(JiraDateWalk)
    }

    private let api: JiraAPI
    private let query: JiraQuery
    private let order: JiraQuery.Order
    private let start: Int?
    private let fields: [String]?
    private let size: Int
    private var pages: Pages?
    private var recent: [String: String] = [:]
    private var oldest: [String] = []

    /// - Parameters:
    ///   - start: milliseconds since 1970, nil for everything.
    ///   - fields: nil for all that a document needs.
    init(api: JiraAPI, query: JiraQuery, order: JiraQuery.Order, from start: Int?, fields: [String]?, size: Int) {
        self.api = api
        self.query = query
        self.order = order
        self.start = start
        self.fields = fields
        self.size = size
    }

    /// The next issues that did not come before in this version; nil at the end.
    func next() async throws(SourceError) -> [JSONElement]? {
        while let page = try await nextPage() {
            var fresh: [JSONElement] = []
            for issue in page where isNew(try JiraDocument.numericID(issue), issue) { fresh.append(issue) }
            if !fresh.isEmpty { return fresh }
        }
        return nil
    }

    private func nextPage() async throws(SourceError) -> [JSONElement]? {
        if pages == nil { pages = try await open() }
        return switch pages {
        case .cloud(let pager): try await pager.next()
        case .dataCenter(let walk): try await walk.next()
        case nil: nil
        }
    }

    private func open() async throws(SourceError) -> Pages {
        let fields: [String]
        if let given = self.fields { fields = given } else { fields = try await api.fields().requested }
        switch try await api.edition() {
        case .datacenter:
            let dated = fields.contains(order.rawValue) ? fields : fields + [order.rawValue]
            return .dataCenter(
                JiraDateWalk(
                    api: api, query: query, order: order, from: start, fields: dated,
                    size: min(size, Self.dataCenterSize)))
        case .cloud, .auto:
            return .cloud(Self.pager(api.client, query.jql(order, from: start), fields: fields, size: size))
        }
    }

    private static func pager(_ client: AtlassianClient, _ jql: String, fields: [String], size: Int) -> CursorPager {
        CursorPager("Jira search", size: size) { token, limit throws(SourceError) in
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("jql", jql)
                writer.member("fields", fields)
                writer.member("maxResults", limit)
                if let token { writer.member("nextPageToken", token) }
            }
            let answer = try await client.post("/rest/api/3/search/jql", writer.bytes, size: limit)
            guard let issues = answer["issues"]?.array else {
                throw SourceError(.unexpectedAnswer, "Jira: a search answer without issues")
            }
            let isLast = answer["isLast"]?.bool == true
            return CursorPager.Page(items: Array(issues), next: isLast ? nil : answer["nextPageToken"]?.string)
        }
    }

    private func isNew(_ id: String, _ issue: JSONElement) -> Bool {
        let version = issue["fields"]?["updated"]?.string ?? ""
        let known = recent.updateValue(version, forKey: id)
        if known == nil { oldest.append(id) }
        if oldest.count >= 2 * Self.memory {
            for id in oldest.prefix(Self.memory) { recent[id] = nil }
            oldest.removeFirst(Self.memory)
        }
        return known != version
    }
}
