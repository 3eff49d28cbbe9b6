import ArgumentParser
import Shared

@main
struct ExtractorProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extractor",
        abstract: "Reads Confluence, Jira and files and publishes what changed.",
        discussion: """
            EXAMPLES
              extractor all                      changed since the last complete run
              extractor all --since 2025-01-01   a first full load
              extractor confluence --dry-run     list what a run would do
              extractor all --schedule 6         every 6 hours, until stopped
              extractor all --prune              also remove what is gone
              extractor all --prune --dry-run    show what that would be
              extractor convert --from storage page.xhtml
            """,
        version: version,
        subcommands: [RunCommand.self, ConvertCommand.self],
        defaultSubcommand: RunCommand.self)
}
