import ArgumentParser
import Shared

@main
struct LoaderProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loader",
        abstract: "Writes vectors to Qdrant: new ones first, old ones deleted last.",
        discussion: """
            Start as many as you like; they share the queue.

            EXAMPLES
              loader                             work until SIGTERM
              loader --drain --idle 5            end once the queue stays empty
            """,
        version: version)

    @OptionGroup var worker: WorkerOptions
    @OptionGroup var common: CommonOptions

    /// Messages of 5 vectors that are worked on at once: enough to fill the groups under way with 200 points each.
    private static let concurrency = 128

    private struct Settings {
        let broker: BrokerSettings
        let qdrant: QdrantSettings
        let admin: AdminSettings
    }

    func run() async throws {
        try await Program.run("loader", common) { settings in
            Settings(
                broker: BrokerSettings(from: &settings), qdrant: QdrantSettings(&settings),
                admin: AdminSettings(&settings))
        } work: { program, settings in
            let broker = Broker(settings.broker, for: program)
            let transport = CurlTransport()
            let client = QdrantClient(transport: transport, settings: settings.qdrant)
            let registry = Registry(client: client, collection: settings.qdrant.registryCollection)
            let startup = Startup(program: program, isPatient: !worker.drain)
            try await startup.run("broker") { try await broker.prepare() }
            try await startup.run("Qdrant") {
                try await client.requireSupportedVersion()
                try await registry.prepare()
            }
            let lateWrites = LateWrites()
            let attempts = LoadAttempts(
                replacement: Replacement(
                    QdrantClient(transport: transport, settings: settings.qdrant, retries: .never)),
                lateWrites: lateWrites, retries: QdrantClient.defaultRetries, logger: program.logger)
            let collection = CollectionGuard(
                client: client, registry: registry, collection: settings.qdrant.collection, logger: program.logger)
            let batcher = LoadBatcher { group throws(QdrantError) in try await attempts.load(group) }
            try await program.work(
                on: .vectors, broker: broker, admin: settings.admin, options: worker, concurrency: Self.concurrency
            ) { publisher in
                VectorLoader(
                    collection: collection, batcher: batcher, lateWrites: lateWrites,
                    cleanUps: CleanUps(publisher: publisher, topology: broker.topology))
            }
            return .done
        }
    }
}
