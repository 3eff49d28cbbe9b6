import ArgumentParser
import Logging
import Shared

/// `ohra trace`: the whole way of one document.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Show where a document is: registry, points, journal, dead letters.",
        discussion: """
            Reads the journal from its beginning, or from --since. Exits with 1 when nothing is known of the document.

            EXAMPLES
              ohra trace confluence:wiki.example.com:65609
              ohra trace https://jira.example.com/browse/OPS-42
              ohra trace jira:jira.example.com:10042 --since 2026-11-25 --json
            """)

    @Argument(help: ArgumentHelp("The document's id, or the URL of one that was loaded.", valueName: "document"))
    var document: String

    @Option(
        help: ArgumentHelp("Read the journal from this moment on; without a zone it is UTC.", valueName: "date"))
    var since: String?

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws { _ = try start() }

    func run() async throws {
        let start = try start()
        try await Program.run("ohra", common) { settings in
            (broker: BrokerSettings(from: &settings), qdrant: QdrantSettings(&settings))
        } work: { program, settings in
            if start?.hadNoZone == true { program.logger.notice("--since names no time zone and is read as UTC") }
            let client = QdrantClient(transport: CurlTransport(), settings: settings.qdrant)
            let deadLetters = DeadLetters(settings.broker, Topology.Stage.allCases, for: program)
            let registry = Registry(client: client, collection: settings.qdrant.registryCollection)
            let tracer = DocumentTracer(
                documentID: try await registry.resolve(document), since: start?.date, deadLetters: deadLetters,
                client: client,
                registry: registry)
            let view = TraceView(try await withProgress("journal", unit: "messages") { try await tracer.run($0) })
            if json {
                StandardStreams.shared.print(bytes: view.json)
            } else {
                StandardStreams.shared.print(view.text(for: .standardOutput))
            }
            return view.verdict.state == .unknown ? .incomplete : .done
        }
    }

    private func start() throws -> WindowMoment? { try since.map { try WindowMoment($0, of: "--since") } }
}
