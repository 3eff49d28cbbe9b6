import ArgumentParser
import Embedding
import Shared

/// `transformer embed`: shows the vector of one text.
struct EmbedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Print the vector of a text as JSON.",
        discussion: "Example: transformer embed \"frozen goods\"")

    @Argument(help: "The text.")
    var text: String

    @Flag(help: "Print one JSON value (it always does).")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Program.run("transformer", common) { settings in
            EmbeddingSettings(&settings)
        } work: { _, settings in
            let provider = try EmbeddingProviderFactory.make(settings, transport: CurlTransport())
            let descriptor = try await provider.prepare()
            let vector = try await provider.embed([text], purpose: .document)[0]
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("model", descriptor.model)
                writer.member("dimension", descriptor.dimension)
                writer.key("vector")
                writer.value(vector)
            }
            StandardStreams.shared.print(bytes: writer.bytes)
            return .done
        }
    }
}
