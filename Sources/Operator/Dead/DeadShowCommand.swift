import ArgumentParser
import Shared

/// `ohra dead show`: all that one letter tells; its text only when asked for.
struct DeadShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one dead letter.",
        discussion: """
            Shows no document text unless asked for it.

            Example: ohra dead show 0f8c1a52-6d1b-5c3e-9a77-2f60c4a1d9be --body
            """)

    @Argument(help: "The id, as `ohra dead list` shows it.")
    var id: String

    @Flag(help: "Print the body too, which holds the documents' text.")
    var body = false

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            BrokerSettings(from: &settings)
        } work: { program, settings in
            let held = try await DeadLetters(settings, Topology.Stage.allCases, for: program).find(id)
            let view = LetterView(held, showsBody: body)
            if json {
                StandardStreams.shared.print(bytes: view.json)
            } else {
                StandardStreams.shared.print(view.text)
            }
            return .done
        }
    }
}
