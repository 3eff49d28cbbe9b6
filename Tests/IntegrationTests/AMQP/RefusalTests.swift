import Shared
import TestSupport
import Testing

/// Fault row 14: credentials and rights that change while a worker runs. Each is told by name, tried again slowly, and healed.
@Suite(.timeLimit(.minutes(1))) struct RefusalTests {
    private let password = "canary-secret-8812"

    /// A user and a virtual host of its own, and a way to change them.
    private struct House: Sendable {
        let name: String
        let management: ManagementClient

        func set(password: String) async throws {
            try await management.send(
                .put, ["users", name], body: Array(#"{"password":"\#(password)","tags":""}"#.utf8))
        }

        func makeHost() async throws { try await management.send(.put, ["vhosts", name], body: Array("{}".utf8)) }

        func removeHost() async throws { try await management.send(.delete, ["vhosts", name]) }

        func allow(read: String = ".*") async throws {
            let rights = #"{"configure":".*","write":".*","read":"\#(read)"}"#
            try await management.send(.put, ["permissions", name, name], body: Array(rights.utf8))
        }

        func forbid() async throws { try await management.send(.delete, ["permissions", name, name]) }
    }

    private func withHouse(_ body: (House, BrokerSettings, FaultProxy) async throws -> Void) async throws {
        guard let url = RealBroker.environment("OHRA_AMQP_MANAGEMENT_URL") else { throw RealBroker.Missing() }
        var administrator = try RealBroker.settings()
        administrator.managementURL = try ServiceURL(url, schemes: ["http", "https"])
        let house = House(
            name: "test-\(UInt64.random(in: 0...UInt64.max))",
            management: ManagementClient(settings: administrator, transport: CurlTransport()))
        let proxy = try FaultProxy(target: UInt16(administrator.port))
        defer { proxy.end() }
        var settings = try RealBroker.settings(port: proxy.port)
        (settings.user, settings.password, settings.virtualHost) = (house.name, Secret(password), house.name)
        try await house.makeHost()
        try await house.set(password: password)
        try await house.allow()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(house, settings, proxy))
        } catch {
            result = .failure(error)
        }
        // One of the tests has removed it.
        try? await house.removeHost()
        try await house.management.send(.delete, ["users", house.name])
        try result.get()
    }

    private func declare(_ settings: BrokerSettings) async throws {
        try await BrokerConnection.with(settings, name: "test setup") { broker throws(BrokerError) in
            try await broker.declareExchange("e")
            try await broker.declareQueue("q", arguments: ["x-queue-type": .string("quorum")])
            try await broker.bind(queue: "q", to: "e", routingKey: "k")
        }
    }

    @Test func aRunningConsumerTellsRefusalsApartAndComesBack() async throws {
        try await withHouse { house, settings, proxy in
            try await declare(settings)
            let log = LogRecorder()
            let consumer = Consumer(settings: settings, queue: "q", prefetch: 1, name: "test", logger: log.logger)
            try await consumer.connect()
            await log.wait(for: "Consuming")

            try await house.set(password: "another")
            proxy.cut()
            await log.wait(for: "Waiting for the broker", "unauthorized", "Login was refused")
            try await house.set(password: password)
            await log.wait(for: "Consuming")

            try await house.forbid()
            proxy.cut()
            await log.wait(for: "Waiting for the broker", "unauthorized", "access to vhost '\(house.name)' refused")
            try await house.allow()
            await log.wait(for: "Consuming")

            try await house.allow(read: "^$")
            proxy.cut()
            await log.wait(for: "Waiting for the broker", "unauthorized", "access to queue 'q'")
            try await house.allow()
            await log.wait(for: "Consuming")

            try await house.removeHost()
            await log.wait(for: "Waiting for the broker", "unauthorized", "vhost \(house.name) not found")
            try await house.makeHost()
            try await house.allow()
            await log.wait(for: "Waiting for the queue", "topology", "no queue 'q'")
            try await declare(settings)
            await log.wait(for: "Consuming")
            await consumer.close()
            #expect(!"\(log.lines)".contains("canary"))
        }
    }

    @Test func aRunningPublisherKeepsItsPublishingsWhileRefused() async throws {
        try await withHouse { house, settings, proxy in
            try await declare(settings)
            let log = LogRecorder()
            let publisher = Publisher(settings: settings, name: "test", logger: log.logger)
            let publishing = Publishing(
                exchange: "e", routingKey: "k", properties: MessageProperties(messageID: "1"), body: [1])
            try await publisher.publish(publishing)
            try await house.set(password: "another")
            proxy.cut()
            let waiting = Task { try await publisher.publish(publishing) }
            await log.wait(for: "Waiting for the broker", "unauthorized", "Login was refused")
            let attempts = proxy.accepted
            try await house.set(password: password)
            try await waiting.value
            // Slowly: brokers lock out those who hammer.
            #expect(proxy.accepted - attempts <= 2)
            await publisher.close()
            #expect(!"\(log.lines)".contains("canary"))
        }
    }

    @Test func anUnknownHostIsNamedAtStart() async throws {
        var settings = try RealBroker.settings()
        settings.virtualHost = "no-such-host"
        let publisher = Publisher(settings: settings, name: "test", logger: LogRecorder().logger)
        let error = await #expect(throws: BrokerError.self) { try await publisher.connect() }
        #expect(error?.code == .unauthorized && error?.message.contains("vhost no-such-host not found") == true)
        await publisher.close()
    }
}
