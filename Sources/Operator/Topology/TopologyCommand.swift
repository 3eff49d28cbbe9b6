import ArgumentParser

/// `ohra topology`: what the broker must have, and whether it has it.
struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology",
        abstract: "Print, apply or verify the broker's exchange, queues, bindings and policies.",
        discussion: """
            EXAMPLES
              ohra topology verify                     compare the broker with what the fleet needs
              ohra topology apply                      set policies, create what is missing; deletes nothing
              ohra topology print --users > definitions.json
                                                       for RabbitMQ's import of definitions
            """,
        subcommands: [TopologyPrintCommand.self, TopologyApplyCommand.self, TopologyVerifyCommand.self])
}
