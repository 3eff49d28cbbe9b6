import Foundation
import Testing

/// The real programs over TLS, broker and management interface both.
@Suite(.timeLimit(.minutes(2))) struct EncryptedBrokerTests {
    private func variables() throws -> [String: String] {
        let environment = ProcessInfo.processInfo.environment
        var variables: [String: String] = [:]
        for (name, source) in [
            ("OHRA_AMQP_URL", "OHRA_DEV_AMQPS_URL"), ("OHRA_AMQP_MANAGEMENT_URL", "OHRA_DEV_AMQPS_MANAGEMENT_URL"),
            ("OHRA_AMQP_CA_FILE", "OHRA_DEV_AMQPS_CA_FILE"),
        ] {
            guard let value = environment[source] else { throw MissingEnvironment(name: source) }
            variables[name] = value
        }
        return variables
    }

    @Test func theFleetRunsOverTLS() async throws {
        try await Fleet.with(try variables()) { fleet in
            let check = try await fleet.run("ohra", "check", "--json")
            #expect(check.stdout.contains("amqps://localhost"))
            try await fleet.run("ohra", "topology", "verify")
            try await SampleFolder.with(count: 12) { folder in
                try await fleet.run("extractor", "files", with: folder.variables)
            }
            try await fleet.drain()
            #expect(try await !fleet.points().isEmpty)
        }
    }

    @Test(arguments: ["ohra check", "loader --drain"]) func anotherAuthorityExits69(command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        var variables = try variables()
        // The broker's own certificate, which signs nothing.
        variables["OHRA_AMQP_CA_FILE"] = variables["OHRA_AMQP_CA_FILE"]?.replacing("authority.pem", with: "server.pem")
        let output = try await ProgramRun(words[0], Array(words.dropFirst()), variables: variables).output()
        #expect(output.status == 69, "\(output.stderr)")
        #expect((output.stderr + output.stdout).contains("OHRA_AMQP_CA_FILE"))
    }

    @Test func amqpsWithoutAuthorityExits78() async throws {
        var variables = try variables()
        variables["OHRA_AMQP_CA_FILE"] = ""
        let output = try await ProgramRun("loader", ["--drain"], variables: variables).output()
        #expect(output.status == 78 && output.stderr.contains("OHRA_AMQP_CA_FILE"))
    }
}
