import FoundationEssentials
import Shared

/// Issues of Jira Cloud and Jira Data Center with their comments.
///
/// | setting | type | default | secret |
/// | --- | --- | --- | --- |
/// | `OHRA_JIRA_URL`, `_EMAIL`, `_TOKEN`, `_EDITION`, `_INSTANCE` | see ``AtlassianSettings`` | | token |
/// | `OHRA_JIRA_PROJECTS` | project keys with commas between | all projects the account sees | |
/// | `OHRA_JIRA_JQL` | a condition that issues must meet too, without ORDER BY | none | |
/// | `OHRA_JIRA_FIELDS` | names or ids of further fields with commas between | none | |
/// | `OHRA_JIRA_INTERNAL_COMMENTS` | whether comments that not every reader sees are read, too | `false` | |
///
/// **Shapes**: pages of at most 100 documents. API: https://developer.atlassian.com/cloud/jira/platform/rest/v3/ and
/// https://docs.atlassian.com/software/jira/docs/api/REST/
struct JiraSource: CountedSource {
    static let name = "jira"
    static let mainSetting = "OHRA_JIRA_URL"
    static let fieldsSetting = "OHRA_JIRA_FIELDS"
    static let scopesPerQuery = 25
    /// The search index may lag behind by this much.
    static let overlapInMilliseconds = 5 * 60_000
    private static let largestDelayInMilliseconds = 24 * 3_600_000
    private static let pageSize = 100
    /// What Cloud gives at most when ids only are asked for.
    private static let censusSize = 5000

    let settings: AtlassianSettings
    let projects: [String]
    /// ANDed to every query.
    let condition: String?
    let includesRestrictedComments: Bool
    private let api: JiraAPI

    var instance: String { settings.instance }

    init(
        settings: AtlassianSettings, projects: [String] = [], condition: String? = nil, fields: [String] = [],
        includesRestrictedComments: Bool = false, transport: any HTTPTransport,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.settings = settings
        // Jira finds them in any case, but documents bear the true one.
        self.projects = projects.map { $0.uppercased() }
        self.condition = condition
        self.includesRestrictedComments = includesRestrictedComments
        // People copy the address of their wiki; Jira lies beside it.
        let path = settings.url.path.hasSuffix("/wiki") ? String(settings.url.path.dropLast(5)) : settings.url.path
        api = JiraAPI(
            client: AtlassianClient(settings: settings, contextPath: path, transport: transport, clock: clock),
            configuredFields: fields)
    }

    static func configured(from settings: inout SettingsReader, transport: any HTTPTransport) -> JiraSource? {
        let includesRestricted = settings.boolean("OHRA_JIRA_INTERNAL_COMMENTS", default: false)
        guard let site = AtlassianSettings(product: "JIRA", from: &settings) else { return nil }
        let condition = settings.optionalString("OHRA_JIRA_JQL")?.onOneLine
        if let condition, " \(condition.lowercased()) ".contains(" order by ") {
            settings.fault("OHRA_JIRA_JQL", "holds ORDER BY; give the condition only, the order is the program's")
            return nil
        }
        return JiraSource(
            settings: site, projects: settings.list("OHRA_JIRA_PROJECTS"), condition: condition,
            fields: settings.list(fieldsSetting), includesRestrictedComments: includesRestricted, transport: transport)
    }

    func verify() async throws(SourceError) {
        let user = try await api.client.get("/rest/api/2/myself")
        guard user["accountId"] != nil || user["name"] != nil else {
            let names = AtlassianSettings.Names(product: settings.product)
            throw SourceError(
                .unauthorized,
                "Jira at \(settings.url.host) does not know the account; check \(names.email) and \(names.token)")
        }
        try await api.askServer()
        _ = try await api.fields()
    }

    func scopes() async throws(SourceError) -> [String] {
        if !projects.isEmpty { return projects }
        let listed =
            switch try await api.edition() {
            case .datacenter: try await allProjects()
            case .cloud, .auto: try await pagedProjects()
            }
        var keys: [String] = []
        for key in listed.compactMap({ $0["key"]?.string }) where !keys.contains(key) { keys.append(key) }
        return keys
    }

    private func allProjects() async throws(SourceError) -> [JSONElement] {
        guard let projects = try await api.client.get("/rest/api/2/project").array else {
            throw SourceError(.unexpectedAnswer, "Jira: a listing of projects that is none")
        }
        return Array(projects)
    }

    private func pagedProjects() async throws(SourceError) -> [JSONElement] {
        try await CursorPager.byOffset("Jira projects") { start throws(SourceError) in
            let answer = try await api.client.get(
                "/rest/api/3/project/search", [("startAt", "\(start)"), ("maxResults", "100"), ("orderBy", "key")])
            guard let values = answer["values"]?.array, let isLast = answer["isLast"]?.bool else {
                throw SourceError(.unexpectedAnswer, "Jira: a listing of projects without values")
            }
            return (Array(values), !isLast)
        }
    }

    func documents(in scopes: [String], since: Date) -> AsyncThrowingStream<[Document], any Error> {
        guard !scopes.isEmpty else { return AsyncThrowingStream { $0.finish() } }
        let listing = JiraListing(
            api: api, query: query(scopes), order: .updated, from: start(since), fields: nil, size: Self.pageSize)
        let readers = JiraReaders(api: api)
        let source = self
        return AsyncThrowingStream(unfolding: {
            guard let issues = try await listing.next() else { return nil }
            return try await source.documents(issues, readers)
        })
    }

    private func documents(_ issues: [JSONElement], _ readers: JiraReaders) async throws(SourceError) -> [Document] {
        let comments = JiraComments(
            client: api.client, edition: try await api.edition(), root: try await api.root(),
            includesRestricted: includesRestrictedComments)
        let mapping = JiraDocument(instance: instance, site: browserBase, fields: try await api.fields())
        let known = Array(zip(issues, try await readers.access(to: issues)))
        return try await boundedMap(known, limit: AtlassianClient.concurrency) { known throws(SourceError) in
            let (issue, access) = known
            return try mapping.document(issue, comments: try await comments.all(of: issue), access: access)
        }
    }

    func count(in scopes: [String], since: Date) async throws(SourceError) -> Int {
        guard !scopes.isEmpty else { return 0 }
        var writer = JSONWriter()
        let jql = query(scopes).jql(.updated, from: start(since))
        let isCloud = try await api.edition() == .cloud
        writer.object { writer in
            writer.member("jql", jql)
            if !isCloud { writer.member("maxResults", 0) }
        }
        let path = isCloud ? "/rest/api/3/search/approximate-count" : "/rest/api/2/search"
        let answer = try await api.client.post(path, writer.bytes)
        guard let count = answer[isCloud ? "count" : "total"]?.int else {
            throw SourceError(.unexpectedAnswer, "Jira: a count without a number")
        }
        return count
    }

    func identifiers(in scope: String) -> AsyncThrowingStream<[String], any Error> {
        let client = api.client
        let instance = instance
        let listing = JiraListing(
            api: api, query: query([scope]), order: .created, from: nil, fields: ["id"], size: Self.censusSize)
        let census = ScopeCensus { () throws(SourceError) in
            try await listing.next()
        } identifier: { issue throws(SourceError) in
            "\(Self.name):\(instance):\(try JiraDocument.numericID(issue))"
        } isVisible: { () throws(SourceError) in
            _ = try await client.get("/rest/api/2/project/" + scope.percentEncoded)
        }
        return AsyncThrowingStream(unfolding: { try await census.next() })
    }

    private func query(_ scopes: [String]) -> JiraQuery { JiraQuery(projects: scopes, condition: condition) }

    /// Issues bear the server's time. Where its clock is behind ours, what changed since then may be dated earlier. One that is
    /// off by more than a day is not believed: it would have everything read anew each time.
    private func start(_ since: Date) -> Int {
        let skew = api.skew ?? 0
        let delay = Self.largestDelayInMilliseconds >= -skew ? min(0, skew) : 0
        return max(0, Moment(since).milliseconds + delay - Self.overlapInMilliseconds)
    }

    private var browserBase: String {
        settings.url.host == AtlassianSettings.gateway ? settings.browserBase : api.client.base
    }
}
