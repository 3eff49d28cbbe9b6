import ArgumentParser
import Glibc
import Shared

/// `ohra dead discard`: gone for good, so it asks first.
struct DeadDiscardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Remove dead letters for good.",
        discussion: """
            Asks first on a terminal; elsewhere it needs --yes. The documents stay at their source: a later run of the
            extractor brings them again when they change, or with --full.

            EXAMPLES
              ohra dead discard 0f8c1a52-6d1b-5c3e-9a77-2f60c4a1d9be
              ohra dead discard --all --reason undecodable --yes
            """)

    @Argument(help: "Ids, as `ohra dead list` shows them.")
    var ids: [String] = []

    @Flag(help: "All, or all that the filters leave.")
    var all = false

    @OptionGroup var options: DeadOptions

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        try options.requireChoice(ids, all: all)
        guard yes || isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("discarding cannot be undone and there is no terminal to ask on: add --yes")
        }
    }

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            BrokerSettings(from: &settings)
        } work: { program, settings in
            let letters = DeadLetters(settings, options.stages, for: program)
            // Looked up first and then taken by id: what is asked about is what goes, nothing that comes meanwhile.
            let chosen = Set(try await letters.list(options.filter(ids)).map(\.id))
            if !chosen.isEmpty, !yes, !isConfirmed(chosen.count) {
                StandardStreams.shared.writeErrorLine("Nothing discarded.")
                return .incomplete
            }
            let count = chosen.isEmpty ? 0 : try await letters.discard(chosen)
            if json {
                StandardStreams.shared.print(bytes: DeadCount.json("discarded", count))
            } else {
                StandardStreams.shared.print("Discarded \(DeadCount.text(count)).")
            }
            let missing = Set(ids).subtracting(chosen)
            if !missing.isEmpty { throw NoSuchLetters(ids: Array(missing)) }
            return .done
        }
    }

    private func isConfirmed(_ count: Int) -> Bool {
        StandardStreams.shared.writeErrorLine("Discard \(DeadCount.text(count))? [y/N]")
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }
}
