import ArgumentParser
import Logging
import Shared

/// `ohra replay documents|vectors`: sends messages of the journal once more.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Send messages of the journal once more.",
        discussion: """
            Safe at any time: what is older than what is loaded changes nothing, and a deleted document stays deleted.
            'documents' goes to the transformers (chunks and vectors are made once more), 'vectors' to the loaders.

            EXAMPLES
              ohra replay vectors --dry-run                       count what would be sent
              ohra replay vectors                                 fill an empty collection again
              ohra replay documents --since 2026-11-20 --source jira
              ohra replay documents --document confluence:wiki.example.com:65609
              ohra replay vectors --run 20261123T091500Z-1a2b3c --json
            """)

    @Argument(
        help: ArgumentHelp("What to send: documents or vectors.", valueName: "documents|vectors"),
        transform: { text in
            guard let stage = Topology.Stage(rawValue: text) else {
                throw ValidationError("there is no queue '\(text)'; expected documents or vectors")
            }
            return stage
        })
    var stage: Topology.Stage

    @Option(help: ArgumentHelp("Only what was published then or later; without a zone it is UTC.", valueName: "date"))
    var since: String?

    @Option(help: ArgumentHelp("Only what was published before; without a zone it is UTC.", valueName: "date"))
    var until: String?

    @Option(name: .customLong("run"), help: "Only messages of this extractor run.")
    var runID: String?

    @Option(help: "Only messages of this source.")
    var source: String?

    @Option(help: ArgumentHelp("Only this document; may be given several times.", valueName: "id"))
    var document: [String] = []

    @Option(
        help: ArgumentHelp("Pause while the work queue holds more messages than this.", valueName: "messages"))
    var maxQueued = 1000

    @Flag(help: "Count messages and documents; send nothing to the workers.")
    var dryRun = false

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...1_000_000).contains(maxQueued) else { throw ValidationError("--max-queued takes 1 to 1000000") }
        let window = try window()
        if let since = window.since, let until = window.until, since.date >= until.date {
            throw ValidationError("--since must be before --until")
        }
    }

    func run() async throws {
        let window = try window()
        let filter = ReplayFilter(
            stage: stage, since: window.since?.date, until: window.until?.date, run: runID, source: source,
            documents: Set(document))
        try await Program.run("ohra", common) { settings in
            BrokerSettings(from: &settings)
        } work: { program, settings in
            if window.since?.hadNoZone == true || window.until?.hadNoZone == true {
                program.logger.notice("--since and --until name no time zone and are read as UTC")
            }
            let replay = Replay(
                broker: Broker(settings, for: program), filter: filter, isDryRun: dryRun, maximumQueued: maxQueued,
                logger: program.logger)
            let report = try await withProgress("journal", unit: "messages") { try await replay.run($0) }
            if json {
                StandardStreams.shared.print(bytes: report.json)
            } else {
                StandardStreams.shared.print(report.text)
            }
            return .done
        }
    }

    private func window() throws -> (since: WindowMoment?, until: WindowMoment?) {
        (try since.map { try WindowMoment($0, of: "--since") }, try until.map { try WindowMoment($0, of: "--until") })
    }
}
