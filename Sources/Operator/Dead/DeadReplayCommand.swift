import ArgumentParser
import Shared

/// `ohra dead replay`: back to work, once the cause is mended.
struct DeadReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Put dead letters back to work.",
        discussion: """
            Each letter is taken out only after the broker has confirmed it at work, so the command may be killed and run
            again. What comes in meanwhile is left for the next time.

            EXAMPLES
              ohra dead replay --reason embedding_invalid
              ohra dead replay 0f8c1a52-6d1b-5c3e-9a77-2f60c4a1d9be
              ohra dead replay --all --queue vectors
            """)

    @Argument(help: "Ids, as `ohra dead list` shows them.")
    var ids: [String] = []

    @Flag(help: "All, or all that the filters leave.")
    var all = false

    @OptionGroup var options: DeadOptions

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws { try options.requireChoice(ids, all: all) }

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            BrokerSettings(from: &settings)
        } work: { program, settings in
            let letters = DeadLetters(settings, options.stages, for: program)
            let replayed = try await letters.replay(options.filter(ids))
            if json {
                StandardStreams.shared.print(bytes: DeadCount.json("replayed", replayed.count))
            } else {
                StandardStreams.shared.print("Replayed \(DeadCount.text(replayed.count)).")
            }
            let missing = Set(ids).subtracting(replayed)
            if !missing.isEmpty { throw NoSuchLetters(ids: Array(missing)) }
            return .done
        }
    }
}
