import ArgumentParser
import Chunking
import Embedding
import Shared

/// `transformer chunk`: shows the chunks of one text.
struct ChunkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chunk", abstract: "Show the chunks of a text.",
        discussion: """
            Tokens are those of what is embedded: title, headings and chunk.

            EXAMPLES
              transformer chunk page.md --title "Roll back a deployment"
              transformer chunk page.md --set OHRA_CHUNK_STRATEGY=markdown --set OHRA_CHUNK_SIZE=800
            """)

    @Argument(help: "A text file; standard input when left out.")
    var file: String?

    @Option(help: "The document's title, which is embedded with every chunk.")
    var title = ""

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Program.run("transformer", common) { settings in
            (chunks: ChunkSettings(&settings), embedding: EmbeddingSettings(&settings))
        } work: { _, settings in
            let counter = try await Self.counter(settings.embedding)
            let budget = TokenBudget(title: title, counter: counter)
            let chunks = makeChunker(settings.chunks).chunks(of: try CommandInput.text(file), budget: budget)
            let embedded = EmbeddedText(title: title, counter: counter)
            let tokens = { (chunk: Chunk) in counter?.count(embedded.text(of: chunk)) }
            if json { printJSON(chunks, tokens) } else { printText(chunks, tokens) }
            return .done
        }
    }

    /// Of a model inside the program only: a server need not run to see how a text is cut.
    private static func counter(_ settings: EmbeddingSettings) async throws -> (any TokenCounter)? {
        guard settings.provider == .local else { return nil }
        let provider = try EmbeddingProviderFactory.make(settings, transport: CurlTransport())
        try await provider.prepare()
        return provider.tokenCounter
    }

    private func printText(_ chunks: Chunks, _ tokens: (Chunk) -> Int?) {
        for chunk in chunks {
            var line = "── chunk \(chunk.index), \(chunk.content.unicodeScalars.count) characters"
            if let tokens = tokens(chunk) { line += ", \(tokens) tokens" }
            if !chunk.heading.isEmpty { line += ", \(chunk.heading.joined(separator: " > "))" }
            StandardStreams.shared.print("\(line)\n\(chunk.content)\n")
        }
    }

    private func printJSON(_ chunks: Chunks, _ tokens: (Chunk) -> Int?) {
        var writer = JSONWriter()
        writer.array { writer in
            for chunk in chunks {
                writer.object { writer in
                    writer.member("index", chunk.index)
                    writer.member("content", chunk.content)
                    writer.member("heading", chunk.heading)
                    writer.key("tokens")
                    if let tokens = tokens(chunk) { writer.value(tokens) } else { writer.null() }
                }
            }
        }
        StandardStreams.shared.print(bytes: writer.bytes)
    }
}
