import ArgumentParser
import Embedding
import Shared

/// `ohra search`: embeds the words and asks Qdrant, which proves that documents arrive.
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find chunks that mean what the words say.",
        discussion: "Example: ohra search \"냉동 차량 온도 경보\" --limit 3 --source confluence")

    @Argument(help: "A question or some words.")
    var words: String

    @Option(help: "Hits at most.")
    var limit = 5

    @Option(help: "Only documents of this source.")
    var source: String?

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000") }
        guard words.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("there is nothing to search for")
        }
    }

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            (qdrant: QdrantSettings(&settings), embedding: EmbeddingSettings(&settings))
        } work: { _, settings in
            let transport = CurlTransport()
            let client = QdrantClient(transport: transport, settings: settings.qdrant)
            let provider = try EmbeddingProviderFactory.make(settings.embedding, transport: transport)
            try await requireSamePipeline(client, settings.qdrant, try await provider.prepare())
            let vector = Array(try await provider.embed([words], purpose: .query)[0])
            let filter = source.map { QdrantFilter(must: [.match("source_type", $0)]) }
            let hits = try await client.query(
                settings.qdrant.collection, .dense(vector), filter: filter, limit: limit,
                payload: ["document_id", "title", "url", "chunk_index", "content", "source_type"]
            ).map(SearchHit.init)
            if json {
                StandardStreams.shared.print(bytes: SearchHit.json(words, hits))
            } else {
                StandardStreams.shared.print(SearchHit.text(words, hits, for: .standardOutput))
            }
            return .done
        }
    }

    /// Scores of vectors of another model would mean nothing.
    private func requireSamePipeline(
        _ client: QdrantClient, _ qdrant: QdrantSettings, _ embedding: EmbeddingDescriptor
    ) async throws {
        let registry = Registry(client: client, collection: qdrant.registryCollection)
        guard let pipeline = try await registry.pipeline() else { return }
        guard pipeline.model == embedding.model, pipeline.dimension == embedding.dimension else {
            throw SettingsError([
                "OHRA_EMBEDDING_MODEL is \(embedding.model) with \(embedding.dimension) numbers, but the collection is made "
                    + "with \(pipeline.model) and \(pipeline.dimension); use the transformers' embedding settings"
            ])
        }
    }
}
