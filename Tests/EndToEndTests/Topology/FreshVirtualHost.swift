import Foundation
import Shared

/// A virtual host of its own on the real broker, removed afterwards together with the fleet's users.
struct FreshVirtualHost: Sendable {
    let name: String
    /// For the programs, as the broker's administrator.
    let variables: [String: String]
    /// The administrator's.
    let settings: BrokerSettings
    let management: ManagementClient
    let topology: Topology

    static func with(_ body: (FreshVirtualHost) async throws -> Void) async throws {
        let host = try await FreshVirtualHost()
        let rights = #"{"configure":".*","write":".*","read":".*"}"#
        try await host.management.send(.put, ["vhosts", host.name], body: Array("{}".utf8))
        try await host.management.send(
            .put, ["permissions", host.name, host.settings.user], body: Array(rights.utf8))
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(host))
        } catch {
            result = .failure(error)
        }
        try await host.management.send(.delete, ["vhosts", host.name])
        for role in FleetRole.allCases {
            // Only one of the tests makes them.
            try? await host.management.send(.delete, ["users", host.topology.user(role)])
        }
        try result.get()
    }

    private init() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let broker = environment["OHRA_AMQP_URL"] else { throw MissingEnvironment(name: "OHRA_AMQP_URL") }
        guard environment["OHRA_AMQP_MANAGEMENT_URL"] != nil else {
            throw MissingEnvironment(name: "OHRA_AMQP_MANAGEMENT_URL")
        }
        name = "test-" + UUID().uuidString.prefix(8).lowercased()
        variables = [
            "OHRA_AMQP_URL": "\(broker)/\(name)", "OHRA_QDRANT_COLLECTION": name, "OHRA_LOG_FORMAT": "json",
            "OHRA_LOG_LEVEL": "info",
        ]
        var reader = try await SettingsReader.load(flags: variables)
        settings = BrokerSettings(from: &reader)
        try reader.finish()
        management = ManagementClient(settings: settings, transport: CurlTransport())
        topology = Topology(prefix: settings.prefix)
    }

    func run(_ program: String, _ arguments: String..., with extra: [String: String] = [:]) async throws
        -> ProgramRun.Output
    {
        try await ProgramRun(program, arguments, variables: variables.merging(extra) { $1 }).output()
    }

    /// The same settings for the user of a role.
    func settings(_ role: FleetRole, password: String) -> BrokerSettings {
        var settings = settings
        settings.user = topology.user(role)
        settings.password = Secret(password)
        return settings
    }
}
