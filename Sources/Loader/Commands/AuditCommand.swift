import ArgumentParser
import Shared

/// `loader audit`: is everything there that the registry says, and nothing else?
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Compare the registry with the points; exit 1 when they do not agree.",
        discussion: """
            Findings: missing (chunks of a loaded document), orphaned (points of a state that never became complete),
            wrong_count (more points than chunks), stale (states that were replaced), duplicate (points in a wrong place).

            With --repair, points that must not be there are deleted and incomplete documents are extracted again by the
            next run of their source. The fleet may go on working meanwhile.

            EXAMPLES
              loader audit
              loader audit --repair
              loader audit --json | jq '.findings[] | .document_id'
            """)

    @Flag(help: "Delete what must not be there; have incomplete documents extracted again.")
    var repair = false

    @Option(
        help: ArgumentHelp(
            "States of runs that began within so many hours may still be on their way and are let alone.",
            valueName: "hours"))
    var grace = 2.0

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard grace >= 0, grace <= 24 * 366 else { throw ValidationError("--grace takes hours, 0 or more") }
    }

    func run() async throws {
        try await Program.run("loader", common) { settings in
            QdrantSettings(&settings)
        } work: { _, settings in
            let transport = CurlTransport()
            let named = QdrantClient(transport: transport, settings: settings)
            try await named.requireSupportedVersion()
            let client = QdrantClient(transport: transport, settings: try await named.pinnedSettings())
            let registry = Registry(client: client, collection: client.settings.registryCollection)
            let audit = Audit(
                client: client, registry: registry,
                settledEpoch: Timestamp.now.milliseconds - Int(grace * 3_600_000), patience: .seconds(3))
            var report = try await withProgress("audit", unit: "points") { try await audit.run($0) }
            if repair { report.repair = try await AuditRepair(client: client, registry: registry).run(report.findings) }
            if json {
                StandardStreams.shared.print(bytes: report.json)
            } else {
                StandardStreams.shared.print(report.text)
            }
            return report.findings.isEmpty || report.repair?.isComplete == true ? .done : .incomplete
        }
    }
}
