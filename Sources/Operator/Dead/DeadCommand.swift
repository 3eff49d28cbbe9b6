import ArgumentParser

/// `ohra dead`: what failed for good, and what to do with it.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: "List, show, replay or discard dead letters.",
        discussion: """
            A message or a part of it that can never be worked on waits in its stage's dead-letter queue, with the reason.

            EXAMPLES
              ohra dead list --reason embedding_invalid
              ohra dead show 0f8c1a52-6d1b-5c3e-9a77-2f60c4a1d9be --body
              ohra dead replay --all --source jira      once the cause is mended
              ohra dead discard --queue vectors --run 2026-11-20 --yes
            """,
        subcommands: [
            DeadListCommand.self, DeadShowCommand.self, DeadReplayCommand.self, DeadDiscardCommand.self,
        ])
}
