import FoundationEssentials
import Shared
import Synchronization

/// Pages and blog posts of Confluence Cloud with their comments.
///
/// | setting | type | default | secret |
/// | --- | --- | --- | --- |
/// | `OHRA_CONFLUENCE_URL`, `_EMAIL`, `_TOKEN`, `_INSTANCE` | see ``AtlassianSettings`` | | token |
/// | `OHRA_CONFLUENCE_SPACES` | space keys with commas between | all spaces the account sees | |
///
/// Searching by CQL is the one way to ask what changed; version 2 of the API has no counterpart.
/// **Shapes**: pages of at most 50 documents. API: https://developer.atlassian.com/cloud/confluence/rest/v1/
struct ConfluenceSource: DocumentSource {
    static let name = "confluence"
    static let mainSetting = "OHRA_CONFLUENCE_URL"
    static let scopesPerQuery = 25

    let settings: AtlassianSettings
    let spaces: [String]
    private let site: Site
    private let now: @Sendable () -> Date

    var instance: String { settings.instance }

    init(
        settings: AtlassianSettings, spaces: [String] = [], transport: any HTTPTransport,
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.settings = settings
        self.spaces = spaces
        self.now = now
        site = Site(
            candidates: Self.contextPaths(of: settings.url).map {
                AtlassianClient(settings: settings, contextPath: $0, transport: transport, clock: clock)
            })
    }

    static func configured(from settings: inout SettingsReader, transport: any HTTPTransport) -> ConfluenceSource? {
        guard let site = AtlassianSettings(product: "CONFLUENCE", from: &settings) else { return nil }
        return ConfluenceSource(settings: site, spaces: settings.list("OHRA_CONFLUENCE_SPACES"), transport: transport)
    }

    func verify() async throws(SourceError) {
        let user = try await site.discover { client throws(SourceError) in
            try await client.get("/rest/api/user/current")
        }
        // Credentials that are not recognised make an anonymous visitor, who sees an empty site.
        guard user["type"]?.string != "anonymous",
            user["accountId"] != nil || user["userKey"] != nil || user["username"] != nil
        else {
            let names = AtlassianSettings.Names(product: settings.product)
            throw SourceError(
                .unauthorized,
                "Confluence at \(settings.url.host) does not know the account; check \(names.email) and \(names.token)")
        }
    }

    func scopes() async throws(SourceError) -> [String] {
        if !spaces.isEmpty { return spaces }
        let client = site.client
        let listed = try await CursorPager.byOffset("Confluence spaces") { start throws(SourceError) in
            let answer = try await client.get(
                "/rest/api/space", [("limit", "100"), ("start", "\(start)"), ("status", "current")])
            return (try ConfluenceSearch.results(answer), ConfluenceSearch.hasNext(answer))
        }
        var keys: [String] = []
        for key in listed.compactMap({ $0["key"]?.string }) where !keys.contains(key) { keys.append(key) }
        return keys
    }

    func documents(in scopes: [String], since: Date) -> AsyncThrowingStream<[Document], any Error> {
        let walk = ConfluenceWalk(
            client: site.client, spaces: scopes, since: since, now: now(),
            mapping: ConfluenceDocument(instance: instance, site: site.browserBase(settings)))
        return AsyncThrowingStream(unfolding: { try await walk.next() })
    }

    func identifiers(in scope: String) -> AsyncThrowingStream<[String], any Error> {
        let client = site.client
        let instance = instance
        let cql = "type in (page,blogpost) and space = \(ConfluenceSearch.quoted(scope)) order by id"
        let pager = ConfluenceSearch.pager(client, cql: cql, limit: 200)
        let census = ScopeCensus(pager: pager) { item throws(SourceError) in
            "\(Self.name):\(instance):\(try ConfluenceSearch.numericID(item))"
        } isVisible: { () throws(SourceError) in
            _ = try await client.get("/rest/api/space/" + AtlassianClient.encoded(scope))
        }
        return AsyncThrowingStream(unfolding: { try await census.next() })
    }

    /// Where the API may lie: Cloud keeps it below `/wiki`, Data Center anywhere.
    private static func contextPaths(of url: ServiceURL) -> [String] {
        if url.path.hasSuffix("/wiki") { return [url.path] }
        if url.host.hasSuffix(".atlassian.net") || url.host == AtlassianSettings.gateway { return [url.path + "/wiki"] }
        return [url.path, url.path + "/wiki"]
    }

    /// The client of the context path that turned out to be right.
    private final class Site: Sendable {
        private let candidates: [AtlassianClient]
        private let chosen = Mutex(0)

        init(candidates: [AtlassianClient]) { self.candidates = candidates }

        var client: AtlassianClient { candidates[chosen.withLock { $0 }] }

        func browserBase(_ settings: AtlassianSettings) -> String {
            settings.url.host == AtlassianSettings.gateway ? settings.browserBase + "/wiki" : client.base
        }

        /// Tries the candidates in order; only "nothing there" leads to the next one.
        func discover(
            _ probe: (AtlassianClient) async throws(SourceError) -> JSONElement
        ) async throws(SourceError) -> JSONElement {
            var first: SourceError?
            for (index, client) in candidates.enumerated() {
                do throws(SourceError) {
                    let answer = try await probe(client)
                    chosen.withLock { $0 = index }
                    return answer
                } catch {
                    guard error.code == .rejected || error.code == .unexpectedAnswer else { throw error }
                    first = first ?? error
                }
            }
            throw first ?? SourceError(.unexpectedAnswer, "Confluence: no address to try")
        }
    }
}
