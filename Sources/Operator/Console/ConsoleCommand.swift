import ArgumentParser
import Embedding
import Logging
import Platforms
import Shared

/// `ohra console`: status, search, dead letters, trace and check in the browser.
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Show status, search, dead letters, traces and checks in the browser.",
        discussion: """
            Prints an address with a token that lets its reader in; it is another one at each start. Ends with Ctrl-C.

            EXAMPLES
              ohra console
              ohra console --port 0                         on any free port
              ssh -L 9465:127.0.0.1:9465 host ohra console  the console of another machine
            """)

    @Option(help: ArgumentHelp("Where to listen, 0 for any free one.", valueName: "port"))
    var port: UInt16 = 9465

    @Option(
        help: ArgumentHelp(
            "The IP address to listen on. Beyond this machine put something with TLS before it.", valueName: "address"))
    var host = "127.0.0.1"

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard HTTPListener.isAddress(host) else {
            throw ValidationError("--host \(host): expected an IP address such as 127.0.0.1, 0.0.0.0 or ::")
        }
    }

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            let transport = CurlTransport()
            return (
                sparse: SparseSettings(&settings),
                check: FleetCheck(
                    broker: BrokerSettings(from: &settings), qdrant: QdrantSettings(&settings),
                    embedding: EmbeddingSettings(&settings),
                    sources: SourceRegistry.configured("all", from: &settings, transport: transport),
                    transport: transport)
            )
        } work: { program, settings in
            let server = ConsoleServer(
                host: host, port: port, desk: desk(program, settings.check, settings.sparse), logger: program.logger
            ) {
                StandardStreams.shared.print($0)
                StandardStreams.shared.writeErrorLine("Open this address in a browser; Ctrl-C ends the console.")
            }
            try await program.serve([server])
            return .done
        }
    }

    private func desk(_ program: Program, _ check: FleetCheck, _ sparse: SparseSettings) -> ConsoleDesk {
        let deadLetters = DeadLetters(check.broker, Topology.Stage.allCases, for: program)
        let client = QdrantClient(transport: check.transport, settings: check.qdrant)
        let management = ManagementClient(settings: check.broker, transport: check.transport)
        let broker = deadLetters.broker
        return ConsoleDesk(
            deadLetters: deadLetters, client: client,
            readStatus: { try await FleetStatus.read(broker, client, management) },
            makeSearch: {
                Search(
                    client: client,
                    provider: try EmbeddingProviderFactory.make(check.embedding, transport: check.transport),
                    sparse: sparse, logger: program.logger)
            }, check: { await check.run(for: program) })
    }
}
