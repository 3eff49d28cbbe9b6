import ArgumentParser

/// The converters at work on many bodies: for the scripts under dev/ that judge, measure and fuzz them.
struct MarkdownLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "markdown-lab", abstract: "Convert many bodies: for scripts that judge, measure and fuzz.",
        subcommands: [BatchCommand.self, BenchCommand.self, FuzzCommand.self])
}

MarkdownLab.main()
