import TestSupport
import Testing

@testable import Shared

@Suite struct ManagementClientTests {
    private func settings() throws -> BrokerSettings {
        BrokerSettings(
            url: try ServiceURL("amqp://broker.example", schemes: ["amqp"]), virtualHost: "/", user: "u",
            password: Secret("canary-9"))
    }

    private let policy = Topology(prefix: "ohra").policies[4]

    @Test func asksThePluginOfTheBrokersHost() async throws {
        let http = ScriptedHTTP([.json(status: 201, "")])
        try await ManagementClient(settings: settings(), transport: http).put(policy)
        let request = http.requests[0]
        #expect(request.url == "http://broker.example:15672/api/policies/%2F/ohra.documents")
        #expect(request.headers.contains { $0.name == "Authorization" && $0.value == "Basic dTpjYW5hcnktOQ==" })
        #expect(http.body(0).hasPrefix(#"{"pattern":"^ohra\\.documents$","apply-to":"queues","priority":100,"#))
    }

    @Test func encryptedBrokerHasAnEncryptedPlugin() throws {
        let url = try ServiceURL("amqps://broker.example", schemes: ["amqps"])
        let settings = BrokerSettings(url: url, user: "u", password: Secret("p"))
        #expect(settings.managementURL.description == "https://broker.example:15671")
    }

    @Test(arguments: [
        (ScriptedHTTP.Step.json(status: 401, "{}"), BrokerError.Code.unauthorized),
        (.json(status: 400, #"{"reason":"bad"}"#), .topology), (.json(status: 503, ""), .unavailable),
        (.fail(.connectionFailed), .unavailable), (.json(status: 301, ""), .unavailable),
    ])
    func faultsAreToldWithoutThePassword(step: ScriptedHTTP.Step, code: BrokerError.Code) async throws {
        let client = ManagementClient(settings: try settings(), transport: ScriptedHTTP([step]))
        let error = await #expect(throws: BrokerError.self) { try await client.put(policy) }
        #expect(error?.code == code)
        #expect(error.map { !$0.message.contains("canary") && $0.message.contains("broker.example") } == true)
    }
}
