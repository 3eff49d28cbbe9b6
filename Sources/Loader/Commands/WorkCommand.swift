import ArgumentParser
import Shared

/// `loader`: the worker.
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Work on the queue of vectors (the default command).")

    @OptionGroup var worker: WorkerOptions
    @OptionGroup var common: CommonOptions

    /// Messages of 5 vectors that are worked on at once: enough to fill the groups under way with 100 points each. Twice as
    /// many take 10 MB more and are no faster (docs/OPERATIONS.md).
    private static let concurrency = 64

    private struct Settings {
        let broker: BrokerSettings
        let qdrant: QdrantSettings
        let layout: CollectionLayout
        let admin: AdminSettings
    }

    func run() async throws {
        try await Program.run("loader", common) { settings in
            Settings(
                broker: BrokerSettings(from: &settings), qdrant: QdrantSettings(&settings),
                layout: CollectionLayout(&settings), admin: AdminSettings(&settings))
        } work: { program, settings in
            let broker = Broker(settings.broker, for: program)
            let transport = CurlTransport()
            let startup = Startup(program: program, isPatient: !worker.drain)
            try await startup.run("broker") { try await broker.prepare() }
            let qdrant = try await startup.run("Qdrant") { try await prepare(transport, settings.qdrant) }
            let lateWrites = LateWrites()
            let attempts = LoadAttempts(
                replacement: Replacement(QdrantClient(transport: transport, settings: qdrant, retries: .never)),
                lateWrites: lateWrites, retries: QdrantClient.defaultRetries, logger: program.logger)
            let client = QdrantClient(transport: transport, settings: qdrant)
            let collection = CollectionGuard(
                client: client, alias: settings.qdrant.collection,
                layout: settings.layout, logger: program.logger)
            let sparse = SparseFit(client: client, logger: program.logger)
            let batcher = LoadBatcher { group throws(QdrantError) in try await attempts.load(group) }
            try await program.work(
                on: .vectors, broker: broker, admin: settings.admin, options: worker, concurrency: Self.concurrency
            ) { publisher in
                VectorLoader(
                    collection: collection, sparse: sparse, batcher: batcher, lateWrites: lateWrites,
                    cleanUps: CleanUps(publisher: publisher, topology: broker.topology))
            }
            return .done
        }
    }

    /// Makes the registry and finds out which collections the settings' names stand for.
    ///
    /// - Returns: settings that name them. A loader stays with them to its end: when a migration moves the aliases, not a
    ///   point of the former model may come into the new collection.
    private func prepare(_ transport: CurlTransport, _ settings: QdrantSettings) async throws -> QdrantSettings {
        let client = QdrantClient(transport: transport, settings: settings)
        try await client.requireSupportedVersion()
        try await Registry(client: client, collection: settings.registryCollection).prepare()
        return try await client.pinnedSettings()
    }
}
