import ArgumentParser
import FoundationEssentials
import Logging
import Platforms
import Shared

/// `extractor all | confluence | jira | files`: one run, or one every so many hours.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Read sources and publish what changed (the default command).",
        discussion: "The word 'run' may be left out: extractor all.")

    @Argument(help: "all (every configured source), \(SourceRegistry.names.joined(separator: ", "))")
    var source: String

    @Option(
        help: ArgumentHelp(
            "Start of the window, a date or RFC 3339 moment; without a zone it is UTC. Default: the last complete run, at least 24 hours.",
            valueName: "date"))
    var since: String?

    @Option(
        help: ArgumentHelp(
            "Run now, then every so many hours until stopped: 6 means 00, 06, 12 and 18 o'clock UTC.",
            valueName: "hours"))
    var schedule: Double?

    @Flag(help: "Emit every document of the window, loaded already or not.")
    var full = false

    @Flag(help: "List what is new, changed, same and gone; publish nothing.")
    var dryRun = false

    @Flag(
        help:
            "Remove documents that are gone at the source, and load those that changed without a trace there (labels, moves)."
    )
    var prune = false

    @Option(
        help: ArgumentHelp(
            "Largest share of a space or project that --prune may remove; three documents always, unless 0%.",
            valueName: "percent"))
    var maxRemovals = "20%"

    @Flag(help: "Remove more than --max-removals allows.")
    var force = false

    @Flag(help: "Print the result as one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard source == "all" || SourceRegistry.names.contains(source) else {
            throw ValidationError(
                "there is no source '\(source)'; expected all, \(SourceRegistry.names.joined(separator: ", "))")
        }
        if let schedule, !(schedule > 0 && schedule <= 24 * 366) {
            throw ValidationError("--schedule takes hours, more than 0")
        }
        if schedule != nil, dryRun { throw ValidationError("--schedule and --dry-run do not go together") }
        if force, !prune { throw ValidationError("--force is for --prune, which is missing") }
        if force, schedule != nil {
            throw ValidationError("--force is for one run that somebody watches, not for --schedule")
        }
        _ = try options()
    }

    func run() async throws {
        HeapPolicy.giveBackEarly()
        let options = try options()
        try await Program.run("extractor", common) { settings in
            let transport = CurlTransport()
            return FleetSettings(
                broker: BrokerSettings(from: &settings), qdrant: QdrantSettings(&settings),
                sources: SourceRegistry.configured(source, from: &settings, transport: transport),
                admin: AdminSettings(&settings), transport: transport)
        } work: { program, settings in
            if options.since != nil, options.sinceHadNoZone {
                program.logger.notice("--since names no time zone and is read as UTC")
            }
            let extractor = Extractor(program: program, settings: settings, printsJSON: json)
            if let schedule {
                try await program.serve([
                    AdminServer(settings.admin, logger: program.logger) { [] },
                    ScheduledExtraction(extractor: extractor, options: options, schedule: Schedule(hours: schedule)),
                ])
                return .done
            }
            let single = SingleExtraction(extractor: extractor, options: options)
            try await program.serve([single], exitWhenLate: .incomplete)
            return single.exit
        }
    }

    private func options() throws -> RunOptions {
        var options = RunOptions()
        if let since {
            let moment = try WindowMoment(since, of: "--since")
            options.since = moment.date
            options.sinceHadNoZone = moment.hadNoZone
        }
        let text = maxRemovals.hasSuffix("%") ? String(maxRemovals.dropLast()) : maxRemovals
        guard let percent = Double(text), (0...100).contains(percent) else {
            throw ValidationError("--max-removals \(maxRemovals): expected a percentage such as 20%")
        }
        options.maximumRemovals = percent / 100
        options.emitsAll = full
        options.isDryRun = dryRun
        options.prunes = prune
        options.forces = force
        return options
    }
}

/// What a run needs.
struct FleetSettings: Sendable {
    let broker: BrokerSettings
    let qdrant: QdrantSettings
    let sources: [any DocumentSource]
    let admin: AdminSettings
    let transport: CurlTransport
}
