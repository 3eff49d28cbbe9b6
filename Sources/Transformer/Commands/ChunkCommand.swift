import ArgumentParser
import Shared

/// `transformer chunk`: shows the chunks of one text.
struct ChunkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chunk", abstract: "Show the chunks of a text.",
        discussion: "Example: transformer chunk page.md --set OHRA_CHUNK_SIZE=800")

    @Argument(help: "A text file; standard input when left out.")
    var file: String?

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Program.run("transformer", common) { settings in
            ChunkSettings(&settings)
        } work: { _, settings in
            let chunks = makeChunker(settings).chunks(of: try CommandInput.text(file))
            if json { printJSON(chunks) } else { printText(chunks) }
            return .done
        }
    }

    private func printText(_ chunks: Chunks) {
        for chunk in chunks {
            let size = chunk.content.unicodeScalars.count
            StandardStreams.shared.print("── chunk \(chunk.index), \(size) characters\n\(chunk.content)\n")
        }
    }

    private func printJSON(_ chunks: Chunks) {
        var writer = JSONWriter()
        writer.array { writer in
            for chunk in chunks {
                writer.object { writer in
                    writer.member("index", chunk.index)
                    writer.member("content", chunk.content)
                    // Heading paths and tokens belong to strategies and models that know them.
                    writer.key("heading")
                    writer.null()
                    writer.key("tokens")
                    writer.null()
                }
            }
        }
        StandardStreams.shared.print(bytes: writer.bytes)
    }
}
