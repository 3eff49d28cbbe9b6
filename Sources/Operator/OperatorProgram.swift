import ArgumentParser
import Shared

@main
struct OperatorProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ohra",
        abstract: "Looks after the fleet: checks settings and servers, shows its state, searches.",
        discussion: """
            EXAMPLES
              ohra check                         what is wrong, before anything runs
              ohra status --watch                queues, dead letters, documents
              ohra search "how do we roll back"  find documents by meaning
              ohra trace DOCUMENT_ID             where a document is, and what became of it
              ohra dead list                     what failed for good, and why
              ohra replay vectors --dry-run      what the journal could send again
              ohra console                       much of that in the browser
              ohra topology verify               whether the broker is set up right
            """,
        version: version,
        subcommands: [
            CheckCommand.self, StatusCommand.self, SearchCommand.self, TraceCommand.self, DeadCommand.self,
            ReplayCommand.self, ConsoleCommand.self, TopologyCommand.self,
        ])
}
