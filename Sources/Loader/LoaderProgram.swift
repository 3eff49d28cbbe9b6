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
              loader audit                       is everything there that should be, and nothing else
              loader migrate ohra_next           let searches use a collection that was loaded beside the old one
            """,
        version: version,
        subcommands: [WorkCommand.self, AuditCommand.self, MigrateCommand.self],
        defaultSubcommand: WorkCommand.self)
}
