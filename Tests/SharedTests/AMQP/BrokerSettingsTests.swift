import Configuration
import Testing

@testable import Shared

@Suite struct BrokerSettingsTests {
    private func read(_ values: [String: String]) -> (BrokerSettings, [String]) {
        let pairs = values.map { (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: false)) }
        var reader = SettingsReader(
            ConfigReader(provider: InMemoryProvider(values: Dictionary(uniqueKeysWithValues: pairs))))
        let settings = BrokerSettings(from: &reader)
        return (settings, reader.faults)
    }

    @Test func defaultsAreTheLocalBroker() {
        let (settings, faults) = read([:])
        #expect(faults.isEmpty)
        #expect(settings.url.description == "amqp://127.0.0.1:5672")
        #expect(settings.virtualHost == "/" && settings.user == "guest" && settings.prefix == "ohra")
        #expect(settings.declaresTopology)
    }

    @Test(arguments: [
        ("amqp://localhost", "/"), ("amqp://localhost/", "/"), ("amqp://localhost/%2f", "/"),
        ("amqp://localhost/%2F", "/"),
        ("amqp://localhost/fleet", "fleet"), ("amqp://localhost/%ED%95%9C", "한"),
    ])
    func virtualHostIsThePath(url: String, expected: String) {
        let (settings, faults) = read(["OHRA_AMQP_URL": url])
        #expect(faults.isEmpty)
        #expect(settings.virtualHost == expected)
    }

    @Test(arguments: ["amqp://localhost/a/b", "amqp://u:p@localhost", "http://localhost"])
    func faultyURLsAreNamedAndNotRepeated(url: String) {
        let (_, faults) = read(["OHRA_AMQP_URL": url])
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix("OHRA_AMQP_URL") == true)
    }

    @Test func credentialsAndAuthorityAreNeededElsewhere() {
        let (_, faults) = read(["OHRA_AMQP_URL": "amqps://broker.example"])
        for name in ["OHRA_AMQP_USER", "OHRA_AMQP_PASSWORD", "OHRA_AMQP_CA_FILE"] {
            #expect(faults.contains { $0.hasPrefix(name) })
        }
        let (settings, none) = read([
            "OHRA_AMQP_URL": "amqp://broker.example", "OHRA_AMQP_USER": "fleet", "OHRA_AMQP_PASSWORD": "canary-1",
        ])
        #expect(none.isEmpty && !settings.declaresTopology)
        #expect(!"\(settings)".contains("canary-1"))
    }

    @Test func tlsToAnAddressIsRefused() {
        let (_, faults) = read(["OHRA_AMQP_URL": "amqps://127.0.0.1", "OHRA_AMQP_CA_FILE": "/etc/hostname"])
        #expect(faults.contains { $0.contains("DNS names") })
    }

    @Test(arguments: ["", "a b", "ü", String(repeating: "x", count: 65)])
    func prefixIsChecked(prefix: String) {
        let (_, faults) = read(["OHRA_AMQP_PREFIX": prefix])
        #expect(faults.isEmpty == prefix.isEmpty)
    }
}
