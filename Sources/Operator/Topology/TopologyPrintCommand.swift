import ArgumentParser
import Shared

/// `ohra topology print`: the topology as RabbitMQ's definitions JSON. Asks no server.
struct TopologyPrintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print", abstract: "Print the topology as RabbitMQ definitions JSON.")

    @Flag(help: "With virtual host, users (without passwords: they cannot log in yet) and permissions.")
    var users = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            BrokerSettings(from: &settings)
        } work: { _, settings in
            let definitions = TopologyDefinitions(
                Topology(prefix: settings.prefix, retention: settings.journal), virtualHost: settings.virtualHost,
                includesUsers: users)
            // The print adds the last line break.
            StandardStreams.shared.print(String(definitions.text.dropLast()))
            return .done
        }
    }
}
