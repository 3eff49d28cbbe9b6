import ArgumentParser
import Shared

/// `ohra status`: what waits, what failed, what is loaded.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show queues, sources, dead letters, documents and points.",
        discussion: """
            EXAMPLES
              ohra status                        the state at this moment
              ohra status --watch                a live view, until Ctrl-C
              ohra status --watch --json         one line of JSON every two seconds
            """)

    @Flag(help: "Show the state again and again until stopped.")
    var watch = false

    @Option(help: ArgumentHelp("With --watch: the time between two looks.", valueName: "seconds"))
    var interval: Double = 2

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (0.1...86_400).contains(interval) else {
            throw ValidationError("--interval takes seconds, from 0.1 to 86400")
        }
    }

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            (broker: BrokerSettings(from: &settings), qdrant: QdrantSettings(&settings))
        } work: { program, settings in
            let broker = Broker(settings.broker, for: program)
            let transport = CurlTransport()
            let client = QdrantClient(transport: transport, settings: settings.qdrant)
            let management = ManagementClient(settings: settings.broker, transport: transport)
            let read = { @Sendable in try await FleetStatus.read(broker, client, management) }
            if watch {
                try await program.serve([StatusWatch(interval: .seconds(interval), printsJSON: json, read: read)])
                return .done
            }
            let status = try await read()
            if json {
                StandardStreams.shared.print(bytes: status.json)
            } else {
                StandardStreams.shared.print(status.text)
            }
            return .done
        }
    }
}
