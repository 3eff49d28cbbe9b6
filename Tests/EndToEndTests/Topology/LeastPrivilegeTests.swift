import Foundation
import Logging
import Shared
import Testing

/// `deploy/rabbitmq/definitions.json` in a real broker, and the fleet as its users.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LeastPrivilegeTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func variables(_ host: FreshVirtualHost, _ role: FleetRole) -> [String: String] {
        [
            "OHRA_AMQP_USER": host.topology.user(role), "OHRA_AMQP_PASSWORD": "pw-\(role.rawValue)",
            "OHRA_AMQP_DECLARE": "false",
        ]
    }

    /// Imports the deployed file into the fresh virtual host and sets the passwords.
    private func install(_ host: FreshVirtualHost, in folder: URL) async throws {
        let file = Self.root.appending(path: "deploy/rabbitmq/definitions.json")
        let text = try String(contentsOf: file, encoding: .utf8)
            .replacing(#""vhost":"ohra""#, with: #""vhost":"\#(host.name)""#)
            .replacing(#"{"name":"ohra"}"#, with: #"{"name":"\#(host.name)"}"#)
        try await host.management.upload(definitions: Array(text.utf8))

        try await expectRefusal(host.settings(.loader, password: "")) { _ in }

        let passwords = folder.appending(path: "passwords")
        let lines = FleetRole.allCases.map { "\($0.rawValue)=pw-\($0.rawValue)\n" }.joined()
        try lines.write(to: passwords, atomically: true, encoding: .utf8)
        let applied = try await host.run(
            "ohra", "topology", "apply", "--users", with: ["OHRA_TOPOLOGY_PASSWORDS_FILE": passwords.path()])
        #expect(applied.status == 0, "\(applied.complaint)")
        #expect(!(applied.stdout + applied.stderr).contains("pw-"))
    }

    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ohra-topology-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    @Test func fleetRunsAsTheUsersOfTheDefinitions() async throws {
        try await FreshVirtualHost.with { host in
            try await withFolder { folder in
                try await install(host, in: folder)
                let verified = try await host.run(
                    "ohra", "topology", "verify", "--json", with: variables(host, .topology))
                #expect(verified.status == 0, "\(verified.stdout)\(verified.complaint)")
                #expect(verified.stdout.hasPrefix(#"{"ok":true,"findings":[]}"#))
                try await load(host, folder)
                try await operate(host)
                try await expectRefusals(host)
            }
        }
    }

    @Test func checkTriesTheRightToALease() async throws {
        try await FreshVirtualHost.with { host in
            try await withFolder { folder in
                try await install(host, in: folder)
                func check(_ role: FleetRole) async throws -> (status: Int32, broker: String) {
                    let variables = variables(host, role).merging(["OHRA_FILES_PATH": folder.path()]) { $1 }
                    let output = try await host.run("ohra", "check", "--json", with: variables)
                    let checks = try JSONElement(parsing: Array(output.stdout.utf8))["checks"]?.array.map(Array.init)
                    let broker = checks?.first { $0["check"]?.string == "broker" }
                    return (output.status, broker?["finding"]?.string ?? "")
                }
                let able = try await check(.extractor)
                #expect(able.status == 0 && able.broker.hasSuffix("leases are allowed"), "\(able)")
                let exempt = try await check(.operator)
                #expect(exempt.status == 0 && !exempt.broker.contains("lease"), "\(exempt)")

                // As it was before there were leases.
                let old = #"{"configure":"^$","write":"^(ohra|ohra\\.documents)$","read":"^$"}"#
                try await host.management.send(
                    .put, ["permissions", host.name, host.topology.user(.extractor)], body: Array(old.utf8))
                let unable = try await check(.extractor)
                #expect(unable.status == 77 && unable.broker.contains("ohra topology apply --users"), "\(unable)")
                #expect(try await check(.operator).status == 0)

                let passwords = folder.appending(path: "passwords").path()
                let applied = try await host.run(
                    "ohra", "topology", "apply", "--users", with: ["OHRA_TOPOLOGY_PASSWORDS_FILE": passwords])
                #expect(applied.status == 0, "\(applied.complaint)")
                #expect(try await check(.extractor).status == 0)
            }
        }
    }

    /// Three files travel to Qdrant; each program is its own user.
    private func load(_ host: FreshVirtualHost, _ folder: URL) async throws {
        let files = folder.appending(path: "files")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        for number in 1...3 {
            try "# Page \(number)\n\nQuokka \(number)\n"
                .write(to: files.appending(path: "\(number).md"), atomically: true, encoding: .utf8)
        }
        let extracted = try await host.run(
            "extractor", "files", "--since", "2020-01-01",
            with: variables(host, .extractor).merging(["OHRA_FILES_PATH": files.path()]) { $1 })
        #expect(extracted.status == 0, "\(extracted.complaint)")
        let transformed = try await host.run(
            "transformer", "--drain", "--idle", "1", with: variables(host, .transformer))
        #expect(transformed.status == 0, "\(transformed.complaint)")
        let loaded = try await host.run("loader", "--drain", "--idle", "1", with: variables(host, .loader))
        #expect(loaded.status == 0, "\(loaded.complaint)")

        var reader = try await SettingsReader.load(flags: host.variables)
        let client = QdrantClient(transport: CurlTransport(), settings: QdrantSettings(&reader))
        let registry = Registry(client: client, collection: client.settings.registryCollection)
        #expect(try await registry.loadedCount() == 3)
        try await client.deleteCollection(client.settings.collection)
        try await client.deleteCollection(client.settings.registryCollection)
    }

    /// What the operator's user is for.
    private func operate(_ host: FreshVirtualHost) async throws {
        for (arguments, status) in [
            (["dead", "list"], 0), (["dead", "replay", "--all"], 0), (["replay", "vectors"], 0), (["status"], 0),
            // Reads everything, and then knows nothing.
            (["trace", "files:nowhere:1"], 1),
        ] as [([String], Int32)] {
            let variables = host.variables.merging(variables(host, .operator)) { $1 }
            let output = try await ProgramRun("ohra", arguments, variables: variables).output()
            #expect(output.status == status, "\(arguments): \(output.complaint)")
        }
        let vectors = host.topology.workQueue(.vectors)
        let waiting = try await BrokerConnection.with(
            host.settings(.operator, password: "pw-operator"), name: "e2e depth"
        ) { connection throws(BrokerError) in try await connection.verifyQueue(vectors).messages }
        #expect(waiting > 0, "nothing was replayed")
    }

    private func expectRefusals(_ host: FreshVirtualHost) async throws {
        let (topology, extractor) = (host.topology, host.settings(.extractor, password: "pw-extractor"))
        let (documents, mine) = (topology.workQueue(.documents), topology.exchange + ".mine")
        try await expectRefusal(extractor) { connection throws(BrokerError) in
            try await connection.declareQueue(mine)
        }
        try await expectRefusal(extractor) { connection throws(BrokerError) in
            try await connection.declareExchange(mine)
        }
        try await expectRefusal(extractor) { connection throws(BrokerError) in
            try await connection.deleteQueue(documents)
        }
        try await expectRefusal(extractor) { connection throws(BrokerError) in
            try await connection.purgeQueue(documents)
        }
        for (settings, queue) in [
            (extractor, topology.workQueue(.documents)),
            (host.settings(.transformer, password: "pw-transformer"), topology.workQueue(.vectors)),
            (host.settings(.loader, password: "pw-loader"), topology.journal),
        ] {
            let consumer = Consumer(
                settings: settings, queue: queue, prefetch: 1, name: "not allowed", logger: Logger(label: "e2e"))
            let error = await #expect(throws: BrokerError.self) { try await consumer.connect() }
            #expect(error?.code == .unauthorized, "\(queue)")
            await consumer.close()
        }
    }

    private func expectRefusal(
        _ settings: BrokerSettings, _ body: @Sendable (BrokerConnection) async throws(BrokerError) -> Void
    ) async throws {
        do throws(BrokerError) {
            try await BrokerConnection.with(settings, name: "not allowed", body)
            Issue.record("it was allowed")
        } catch {
            #expect(error.code == .unauthorized, "\(error)")
        }
    }
}
