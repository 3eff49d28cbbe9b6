import FoundationEssentials
import Shared

/// Lists issues of Data Center in the order of a date.
///
/// Its search knows offsets only, which leave holes: an issue that is edited meanwhile moves to the end of the order, those
/// behind it move up, and the one at the page's edge is never given. And offsets past 10,000 are refused. So the walk goes
/// by date: each page starts at the minute in which the last one ended, and what came before is dropped by id. Only within
/// one minute it counts on by offset, and then a page has to begin with an issue that came already: what follows that one
/// is complete. If it does not, more has moved up than pages overlap, and the walk steps back.
actor JiraDateWalk {
    /// Offsets from which on a minute is divided into seconds.
    private static let manyInAMinute = 5000
    /// By how many issues pages within a minute overlap.
    private static let overlap = 10
    private static let maximumStepsBack = 100

    private let api: JiraAPI
    private let query: JiraQuery
    private let order: JiraQuery.Order
    private let fields: [String]
    private var size: PageSize

    /// Start of the window in milliseconds since 1970.
    private var start: Int?
    private var offset = 0
    /// Issues of the window that came already.
    private var known: Set<String> = []
    private var nextStepBack = overlap
    private var stepsBack = 0
    private var isDone = false
    /// What to add to our clock to get the server's, in milliseconds; nil while it takes moments as numbers.
    private var skew: Int?

    init(
        api: JiraAPI, query: JiraQuery, order: JiraQuery.Order, from start: Int?, fields: [String], size: Int
    ) {
        self.api = api
        self.query = query
        self.order = order
        self.start = start
        self.fields = fields
        self.size = PageSize(size)
    }

    /// The next page, some of whose issues may have come before; nil at the end.
    func next() async throws(SourceError) -> [JSONElement]? {
        while !isDone {
            let page = try await read()
            var ids: [String] = []
            for issue in page.items { ids.append(try JiraDocument.numericID(issue)) }
            if offset > 0, ids.first.map(known.contains) != true {
                try stepBack()
                continue
            }
            guard let last = page.items.last else {
                guard page.total == 0 else { throw incomplete("an empty page before the end") }
                isDone = true
                return nil
            }
            known.formUnion(ids)
            nextStepBack = Self.overlap
            try advance(past: last, received: ids.count, total: page.total)
            return page.items
        }
        return nil
    }

    private func advance(past last: JSONElement, received: Int, total: Int) throws(SourceError) {
        let end = offset + received
        if end >= total {
            isDone = true
            return
        }
        let step = offset < Self.manyInAMinute ? 60_000 : 1000
        let date = last["fields"]?[order.rawValue]?.string.flatMap(Moment.init)?.milliseconds
        if let date, date > 0, date - date % step > start ?? 0 {
            start = date - date % step
            offset = 0
            known = []
            stepsBack = 0
        } else {
            let next = end - min(Self.overlap, received - 1)
            guard next > offset else { throw incomplete("a page without anything new") }
            offset = next
        }
    }

    private func stepBack() throws(SourceError) {
        stepsBack += 1
        guard stepsBack <= Self.maximumStepsBack else {
            throw incomplete("issues change faster than they can be listed")
        }
        offset = max(0, offset - nextStepBack)
        nextStepBack *= 2
    }

    private func incomplete(_ why: String) -> SourceError {
        SourceError(.unexpectedAnswer, "Jira search: \(why), the listing is incomplete")
    }

    private func read() async throws(SourceError) -> (items: [JSONElement], total: Int) {
        do throws(SourceError) {
            return try await search()
        } catch {
            // Servers that take no number say that the date is invalid.
            guard error.code == .rejected, error.message.lowercased().contains("date"), start != nil, skew == nil else {
                throw error
            }
            try await api.askServer()
            guard let skew = api.skew else { throw error }
            self.skew = skew
            return try await search()
        }
    }

    private func search() async throws(SourceError) -> (items: [JSONElement], total: Int) {
        let jql =
            skew.map { query.relativeJQL(order, from: start, now: Moment(Date()).milliseconds + $0) }
            ?? query.jql(order, from: start)
        let (client, fields, offset) = (api.client, fields, offset)
        let extra = offset > 0 ? Self.overlap : 0
        var size = size
        let answer = try await size.adapted { limit throws(SourceError) in
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("jql", jql)
                writer.member("fields", fields)
                writer.member("startAt", offset)
                writer.member("maxResults", limit + extra)
            }
            return try await client.post("/rest/api/2/search", writer.bytes, size: limit)
        }
        self.size = size
        guard let issues = answer["issues"]?.array, let total = answer["total"]?.int else {
            throw SourceError(.unexpectedAnswer, "Jira: a search answer without issues or total")
        }
        return (Array(issues), total)
    }
}
