import ArgumentParser
import Embedding
import Shared

/// `ohra search`: embeds the words and asks Qdrant, which proves that documents arrive.
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find chunks that mean or say what you ask for.",
        discussion: """
            EXAMPLES
              ohra search "냉동 차량 온도 경보" --limit 3 --source confluence
              ohra search OPS-123 --by words
            """)

    @Argument(help: "A question or some words.")
    var words: String

    @Option(help: "Hits at most.")
    var limit = 5

    @Option(help: "Only documents of this source.")
    var source: String?

    @Option(help: "Go by both, meaning (dense vectors) or words (sparse vectors, no embedding model needed).")
    var by = SearchMode.both

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
            (
                qdrant: QdrantSettings(&settings), embedding: EmbeddingSettings(&settings),
                sparse: SparseSettings(&settings)
            )
        } work: { program, settings in
            let transport = CurlTransport()
            let search = Search(
                client: QdrantClient(transport: transport, settings: settings.qdrant),
                provider: try EmbeddingProviderFactory.make(settings.embedding, transport: transport),
                sparse: settings.sparse, logger: program.logger)
            let hits = try await search.hits(for: words, by: by, source: source, limit: limit)
            if json {
                StandardStreams.shared.print(bytes: SearchHit.json(words, hits))
            } else {
                StandardStreams.shared.print(SearchHit.text(words, hits, for: .standardOutput))
            }
            return .done
        }
    }
}
