import ArgumentParser
import Shared

/// `ohra dead list`: one line a letter.
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List dead letters with reason, document and attempt.",
        discussion: "Example: ohra dead list --queue documents --source confluence --json")

    @OptionGroup var options: DeadOptions

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            BrokerSettings(from: &settings)
        } work: { program, settings in
            let letters = try await DeadLetters(settings, options.stages, for: program).list(options.filter())
            if json {
                StandardStreams.shared.print(bytes: Letter.json(letters))
            } else {
                StandardStreams.shared.print(Letter.text(letters, for: .standardOutput))
            }
            return .done
        }
    }
}
