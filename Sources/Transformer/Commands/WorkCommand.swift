import ArgumentParser
import Chunking
import Embedding
import Logging
import Shared

/// `transformer`: the worker.
struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Work on the queue of documents (the default command).")

    @Flag(help: "Announce these chunk and embedding settings although other transformers run with different ones.")
    var adopt = false

    @OptionGroup var worker: WorkerOptions
    @OptionGroup var common: CommonOptions

    private struct Settings {
        let broker: BrokerSettings
        let qdrant: QdrantSettings
        let chunks: ChunkSettings
        let embedding: EmbeddingSettings
        let sparse: SparseSettings
        let admin: AdminSettings
    }

    func run() async throws {
        try await Program.run("transformer", common) { settings in
            Settings(
                broker: BrokerSettings(from: &settings), qdrant: QdrantSettings(&settings),
                chunks: ChunkSettings(&settings), embedding: EmbeddingSettings(&settings),
                sparse: SparseSettings(&settings), admin: AdminSettings(&settings))
        } work: { program, settings in
            let transport = CurlTransport()
            let broker = Broker(settings.broker, for: program)
            let provider = try EmbeddingProviderFactory.make(settings.embedding, transport: transport)
            let startup = Startup(program: program, isPatient: !worker.drain)
            try await startup.run("broker") { try await broker.prepare() }
            let embedding = try await startup.run("embedding server") { try await provider.prepare() }
            if let advice = provider.advice {
                program.logger.notice(
                    "About the embedding model",
                    metadata: [LogKey.model: "\(embedding.model)", LogKey.advice: "\(advice)"])
            }
            let fingerprint = PipelineFingerprint(
                converterVersion: converterVersion, chunks: settings.chunks, embedding: embedding,
                sparse: settings.sparse)
            let client = QdrantClient(transport: transport, settings: settings.qdrant)
            let registry = Registry(client: client, collection: settings.qdrant.registryCollection)
            let announcement = Announcement(
                registry: registry, broker: broker, adopts: adopt, logger: program.logger)
            try await startup.run("Qdrant") { try await announcement.make(fingerprint, embedding) }
            let pipeline = Pipeline(
                chunker: makeChunker(settings.chunks), provider: provider, fingerprint: fingerprint.value,
                stored: StoredWork(
                    client: client, registry: registry, collection: settings.qdrant.collection,
                    fingerprint: fingerprint.value, dimension: embedding.dimension),
                sparse: settings.sparse)
            // Two in parallel keep a core busy while the other message waits for confirms. A server takes many requests at
            // once, and the more messages there are, the fuller are its requests.
            try await program.work(
                on: .documents, broker: broker, admin: settings.admin, options: worker,
                concurrency: settings.embedding.provider == .openai ? 8 : 2
            ) { publisher in
                DocumentTransformer(
                    pipeline: pipeline, topology: broker.topology, publisher: publisher, logger: program.logger)
            }
            return .done
        }
    }
}
