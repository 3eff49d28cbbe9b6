import FoundationEssentials
import Shared

/// Issues of Jira Cloud with their comments.
///
/// | setting | type | default | secret |
/// | --- | --- | --- | --- |
/// | `OHRA_JIRA_URL`, `_EMAIL`, `_TOKEN`, `_INSTANCE` | see ``AtlassianSettings`` | | token |
/// | `OHRA_JIRA_PROJECTS` | project keys with commas between | all projects the account sees | |
/// | `OHRA_JIRA_JQL` | a condition that issues must meet too, without ORDER BY | none | |
///
/// **Shapes**: pages of at most 100 documents.
/// API: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/
struct JiraSource: DocumentSource {
    static let name = "jira"
    static let mainSetting = "OHRA_JIRA_URL"
    static let scopesPerQuery = 25
    /// The search index may lag behind by this much.
    static let overlapInMilliseconds = 5 * 60_000

    let settings: AtlassianSettings
    let projects: [String]
    /// ANDed to every query.
    let condition: String?
    private let client: AtlassianClient

    var instance: String { settings.instance }

    init(
        settings: AtlassianSettings, projects: [String] = [], condition: String? = nil, transport: any HTTPTransport,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.settings = settings
        self.projects = projects
        self.condition = condition
        // People copy the address of their wiki; Jira lies beside it.
        let path = settings.url.path.hasSuffix("/wiki") ? String(settings.url.path.dropLast(5)) : settings.url.path
        client = AtlassianClient(settings: settings, contextPath: path, transport: transport, clock: clock)
    }

    static func configured(from settings: inout SettingsReader, transport: any HTTPTransport) -> JiraSource? {
        guard let site = AtlassianSettings(product: "JIRA", from: &settings) else { return nil }
        let condition = settings.optionalString("OHRA_JIRA_JQL")?.onOneLine
        if let condition, " \(condition.lowercased()) ".contains(" order by ") {
            settings.fault("OHRA_JIRA_JQL", "holds ORDER BY; give the condition only, the order is the program's")
            return nil
        }
        return JiraSource(
            settings: site, projects: settings.list("OHRA_JIRA_PROJECTS"), condition: condition, transport: transport)
    }

    func verify() async throws(SourceError) {
        let user = try await client.get("/rest/api/3/myself")
        guard user["accountId"] != nil || user["name"] != nil else {
            let names = AtlassianSettings.Names(product: settings.product)
            throw SourceError(
                .unauthorized,
                "Jira at \(settings.url.host) does not know the account; check \(names.email) and \(names.token)")
        }
    }

    func scopes() async throws(SourceError) -> [String] {
        if !projects.isEmpty { return projects }
        let listed = try await CursorPager.byOffset("Jira projects") { start throws(SourceError) in
            let answer = try await client.get(
                "/rest/api/3/project/search", [("startAt", "\(start)"), ("maxResults", "100"), ("orderBy", "key")])
            guard let values = answer["values"]?.array, let isLast = answer["isLast"]?.bool else {
                throw SourceError(.unexpectedAnswer, "Jira: a listing of projects without values")
            }
            return (Array(values), !isLast)
        }
        var keys: [String] = []
        for key in listed.compactMap({ $0["key"]?.string }) where !keys.contains(key) { keys.append(key) }
        return keys
    }

    func documents(in scopes: [String], since: Date) -> AsyncThrowingStream<[Document], any Error> {
        guard !scopes.isEmpty else { return AsyncThrowingStream { $0.finish() } }
        let start = max(0, Moment(since).milliseconds - Self.overlapInMilliseconds)
        // A bare number is milliseconds since 1970: literals would be read in the time zone of the account's profile.
        let jql = "\(bounded(scopes)) AND updated >= \(start) ORDER BY updated ASC, key ASC"
        let pager = search(jql, fields: JiraDocument.fields, limit: 100)
        let client = client
        let mapping = JiraDocument(instance: instance, site: browserBase)
        return AsyncThrowingStream(unfolding: {
            guard let issues = try await pager.next() else { return nil }
            return try await boundedMap(issues, limit: AtlassianClient.concurrency) { issue throws(SourceError) in
                try mapping.document(issue, comments: try await JiraComments.all(of: issue, client))
            }
        })
    }

    func identifiers(in scope: String) -> AsyncThrowingStream<[String], any Error> {
        let client = client
        let instance = instance
        let pager = search("\(bounded([scope])) ORDER BY key ASC", fields: ["id"], limit: 5000)
        let census = ScopeCensus(pager: pager) { issue throws(SourceError) in
            "\(Self.name):\(instance):\(try JiraDocument.numericID(issue))"
        } isVisible: { () throws(SourceError) in
            _ = try await client.get("/rest/api/3/project/" + AtlassianClient.encoded(scope))
        }
        return AsyncThrowingStream(unfolding: { try await census.next() })
    }

    private var browserBase: String {
        settings.url.host == AtlassianSettings.gateway ? settings.browserBase : client.base
    }

    private func bounded(_ scopes: [String]) -> String {
        let keys = scopes.map(ConfluenceSearch.quoted).joined(separator: ",")
        return "project in (\(keys))" + (condition.map { " AND (\($0))" } ?? "")
    }

    private func search(_ jql: String, fields: [String], limit: Int) -> CursorPager {
        let client = client
        return CursorPager("Jira search", size: limit) { token, limit throws(SourceError) in
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("jql", jql)
                // Unless named, no field but the id is given.
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
}
