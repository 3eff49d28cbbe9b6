import ArgumentParser
import Shared

/// `ohra status`: what waits, what failed, what is loaded.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show queues, sources, dead letters, documents and points.")

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            (broker: BrokerSettings(from: &settings), qdrant: QdrantSettings(&settings))
        } work: { program, settings in
            let broker = Broker(settings.broker, for: program)
            let transport = CurlTransport()
            let client = QdrantClient(transport: transport, settings: settings.qdrant)
            let management = ManagementClient(settings: settings.broker, transport: transport)
            let status = try await FleetStatus.read(broker, client, management)
            if json {
                StandardStreams.shared.print(bytes: status.json)
            } else {
                StandardStreams.shared.print(status.text)
            }
            return .done
        }
    }
}
