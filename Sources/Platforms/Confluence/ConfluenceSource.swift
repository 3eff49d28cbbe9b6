import FoundationEssentials
import Shared

/// Pages and blog posts of Confluence Cloud and Data Center with their comments.
///
/// | setting | type | default | secret |
/// | --- | --- | --- | --- |
/// | `OHRA_CONFLUENCE_URL`, `_EMAIL`, `_TOKEN`, `_EDITION`, `_INSTANCE` | see ``AtlassianSettings`` | | token |
/// | `OHRA_CONFLUENCE_SPACES` | space keys with commas between | all spaces the account sees | |
///
/// Searching by CQL is the one way to ask what changed; version 2 of Cloud's API has no counterpart.
/// **Shapes**: pages of at most 50 documents.
/// APIs: https://developer.atlassian.com/cloud/confluence/rest/v1/, …/v2/ and
/// https://docs.atlassian.com/ConfluenceServer/rest/
struct ConfluenceSource: DocumentSource {
    static let name = "confluence"
    static let mainSetting = "OHRA_CONFLUENCE_URL"
    static let scopesPerQuery = 25

    let settings: AtlassianSettings
    let spaces: [String]
    private let site: ConfluenceSite
    private let now: @Sendable () -> Date

    var instance: String { settings.instance }

    init(
        settings: AtlassianSettings, spaces: [String] = [], transport: any HTTPTransport,
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.settings = settings
        self.spaces = spaces
        self.now = now
        site = ConfluenceSite(settings: settings, transport: transport, clock: clock)
    }

    static func configured(from settings: inout SettingsReader, transport: any HTTPTransport) -> ConfluenceSource? {
        guard let site = AtlassianSettings(product: "CONFLUENCE", from: &settings) else { return nil }
        return ConfluenceSource(settings: site, spaces: settings.list("OHRA_CONFLUENCE_SPACES"), transport: transport)
    }

    func verify() async throws(SourceError) {
        let user = try await site.currentUser()
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

    func scopes() async throws(SourceError) -> [String] { spaces.isEmpty ? try await site.spaces() : spaces }

    func documents(in scopes: [String], since: Date) -> AsyncThrowingStream<[Document], any Error> {
        let walk = ConfluenceWalk(
            site: site, instance: instance, spaces: scopes, areConfigured: !spaces.isEmpty,
            window: ConfluenceQuery.Window(since: since, now: now))
        return AsyncThrowingStream(unfolding: { try await walk.next() })
    }

    func identifiers(in scope: String) -> AsyncThrowingStream<[String], any Error> {
        let census = ConfluenceCensus(site: site, space: scope)
        let prefix = documentPrefix
        return AsyncThrowingStream(unfolding: { try await census.next()?.map { prefix + $0 } })
    }

    func versionKeys(in scope: String) -> AsyncThrowingStream<[String: String], any Error> {
        let states = ConfluenceStates(site: site, space: scope)
        let prefix = documentPrefix
        return AsyncThrowingStream(unfolding: {
            guard let keys = try await states.next() else { return nil }
            return Dictionary(uniqueKeysWithValues: keys.map { (prefix + $0, $1) })
        })
    }

    func documents(ids: [String]) async throws(SourceError) -> [Document] {
        let pages = ids.filter { $0.hasPrefix(documentPrefix) }.map { String($0.dropFirst(documentPrefix.count)) }
        let unreadable = UnreadablePages()
        let reader = ConfluenceReader(site: site, instance: instance, unreadable: unreadable)
        var documents: [Document] = []
        for start in stride(from: 0, to: pages.count, by: ConfluenceReader.pagesPerQuery) {
            let batch = pages[start..<min(start + ConfluenceReader.pagesPerQuery, pages.count)]
            documents += try await reader.documents(ids: Array(batch))
        }
        try unreadable.check()
        return documents
    }

    private var documentPrefix: String { "\(Self.name):\(instance):" }
}
