import ArgumentParser
import Shared

/// `ohra topology apply`: brings the broker to the topology. Deletes nothing, and may be repeated.
struct TopologyApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Set policies and create what is missing; nothing is ever deleted.")

    @Flag(
        help: ArgumentHelp(
            "Set users' passwords and permissions, too.",
            discussion: "OHRA_TOPOLOGY_PASSWORDS_FILE names a file with a line role=password for each."))
    var users = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            (broker: BrokerSettings(from: &settings), passwords: users ? TopologyPasswords(&settings) : nil)
        } work: { program, settings in
            let broker = Broker(settings.broker, for: program)
            let setup = TopologySetup(broker, transport: broker.managementTransport())
            try await setup.apply(.all)
            if let passwords = settings.passwords {
                try await setup.apply(passwords)
                let names = passwords.roles.map(broker.topology.user).joined(separator: ", ")
                StandardStreams.shared.print("Set the users \(names).")
            }
            let report = TopologyReport(findings: try await setup.findings(), address: settings.broker.address)
            StandardStreams.shared.print(report.text)
            return report.exit
        }
    }
}
