import Embedding
import Shared

/// What the console's pages work with. Nothing is opened before a page needs it, so that the console also shows a fleet of
/// which a part is down.
actor ConsoleDesk {
    /// A state that is younger serves the next who ask.
    private static let freshness = Duration.milliseconds(900)

    nonisolated let deadLetters: DeadLetters
    nonisolated let client: QdrantClient
    nonisolated let registry: Registry
    nonisolated let check: @Sendable () async -> [CheckResult]
    private let readStatus: @Sendable () async throws -> FleetStatus
    private let makeSearch: @Sendable () throws -> Search
    private var history = StatusHistory()
    private var newest: (status: FleetStatus, at: ContinuousClock.Instant)?
    private var search: Search?

    init(
        deadLetters: DeadLetters, client: QdrantClient, readStatus: @escaping @Sendable () async throws -> FleetStatus,
        makeSearch: @escaping @Sendable () throws -> Search, check: @escaping @Sendable () async -> [CheckResult]
    ) {
        self.deadLetters = deadLetters
        self.client = client
        registry = Registry(client: client, collection: client.settings.registryCollection)
        self.readStatus = readStatus
        self.makeSearch = makeSearch
        self.check = check
    }

    func overview() async throws -> OverviewPage {
        if let newest, newest.at.duration(to: .now) < Self.freshness {
            return OverviewPage(status: newest.status, history: history)
        }
        let status = try await readStatus()
        let now = ContinuousClock.now
        history.add(status, at: now)
        newest = (status, now)
        return OverviewPage(status: status, history: history)
    }

    func hits(for words: String, by mode: SearchMode, source: String?, limit: Int) async throws -> [SearchHit] {
        // Kept, as a model that runs in the program takes a moment to load.
        let search = try search ?? makeSearch()
        self.search = search
        return try await search.hits(for: words, by: mode, source: source, limit: limit)
    }

    nonisolated func tracer(of documentID: String, since: WindowMoment?) -> DocumentTracer {
        DocumentTracer(
            documentID: documentID, since: since?.date, deadLetters: deadLetters, client: client, registry: registry)
    }
}
