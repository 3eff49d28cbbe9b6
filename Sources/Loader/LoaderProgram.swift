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
            let client = QdrantClient(transport: CurlTransport(), settings: settings.qdrant)
            let registry = Registry(client: client, collection: settings.qdrant.registryCollection)
            let startup = Startup(program: program, isPatient: !worker.drain)
            try await startup.run("broker") { try await broker.prepare() }
            try await startup.run("Qdrant") {
                try await client.requireSupportedVersion()
                try await registry.prepare()
            }
            let handler = VectorLoader(
                collection: CollectionGuard(
                    client: client, registry: registry, collection: settings.qdrant.collection, logger: program.logger),
                sparse: SparseFit(client: client, collection: settings.qdrant.collection, logger: program.logger),
                replacement: Replacement(
                    points: PointStore(client: client, collection: settings.qdrant.collection), registry: registry,
                    logger: program.logger))
            try await program.work(
                on: .vectors, broker: broker, admin: settings.admin, options: worker, concurrency: 4
            ) { _ in handler }
            return .done
        }
    }
}
