import ArgumentParser
import Shared

/// `ohra topology verify`: compares the broker with the topology and changes nothing.
struct TopologyVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare the broker with the topology and say what differs.")

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            BrokerSettings(from: &settings)
        } work: { program, settings in
            let broker = Broker(settings, for: program)
            let setup = TopologySetup(broker, transport: broker.managementTransport())
            let report = TopologyReport(findings: try await setup.findings(), address: settings.address)
            if json {
                StandardStreams.shared.print(bytes: report.json)
            } else {
                StandardStreams.shared.print(report.text)
            }
            return report.exit
        }
    }
}
