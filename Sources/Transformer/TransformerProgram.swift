import ArgumentParser
import Shared

@main
struct TransformerProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transformer",
        abstract: "Cuts documents into chunks, embeds them and publishes the vectors.",
        discussion: """
            Start as many as you like; they share the queue.

            EXAMPLES
              transformer                        work until SIGTERM
              transformer --drain --idle 5       end once the queue stays empty
              transformer --adopt                announce new settings
              transformer chunk page.md          show the chunks of a text
              transformer embed "frozen goods"   show the vector of a text
            """,
        version: version,
        subcommands: [WorkCommand.self, ChunkCommand.self, EmbedCommand.self],
        defaultSubcommand: WorkCommand.self)
}
