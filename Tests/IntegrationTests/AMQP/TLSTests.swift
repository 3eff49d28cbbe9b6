import Foundation
import Shared
import TestSupport
import Testing

/// TLS with the real broker, and with servers whose certificates are no good.
@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    /// The broker's TLS port, or another one of this machine.
    private func settings(port: Int? = nil, authority: String? = nil) throws -> BrokerSettings {
        var settings = try RealBroker.settings()
        guard let url = RealBroker.environment("OHRA_DEV_AMQPS_URL"),
            let file = RealBroker.environment("OHRA_DEV_AMQPS_CA_FILE")
        else { throw RealBroker.Missing() }
        settings.url = try ServiceURL(port.map { "amqps://localhost:\($0)" } ?? url, schemes: ["amqps"])
        settings.certificateAuthorityFile = authority ?? file
        settings.connectTimeout = .seconds(5)
        return settings
    }

    private func refusal(_ settings: BrokerSettings) async throws -> BrokerError {
        let connection = BrokerConnection(settings: settings, name: "test")
        let error = await #expect(throws: BrokerError.self) { try await connection.connect() }
        await connection.close()
        return try #require(error)
    }

    // MARK: Good certificates

    @Test func publishesAndConsumes() async throws {
        try await Scene.with { scene in
            let settings = try settings()
            let (publisher, consumer) = (scene.publisher(settings), scene.consumer(settings, prefetch: 200))
            let count = 2000
            // Many small ones: several to a TLS record, which poll(2) does not see once it is decrypted.
            async let published: Void = publisher.publish(
                all: (0..<count).lazy.map { scene.publishing($0, size: 200) }, atOnce: 64)
            var seen: Set<Int> = []
            for try await delivery in consumer.deliveries {
                seen.insert(delivery.number)
                await consumer.settle(delivery, .acknowledge)
                if seen.count == count { break }
            }
            try await published
            await consumer.close()
            await publisher.close()
            #expect(try await scene.depth().messages == 0)
        }
    }

    @Test func largeBodiesAndIdleTimesPass() async throws {
        try await Scene.with { scene in
            var settings = try settings()
            settings.heartbeat = .seconds(2)
            let (publisher, consumer) = (scene.publisher(settings), scene.consumer(settings, prefetch: 5))
            let large = scene.publishing(1, size: 3 << 20)
            try await publisher.publish(large)
            var iterator = consumer.deliveries.makeAsyncIterator()
            let first = try #require(try await iterator.next())
            #expect(first.body == large.body)
            await consumer.settle(first, .acknowledge)
            // Longer than the broker and the client would wait for a heartbeat.
            try await Task.sleep(for: .seconds(5))
            try await publisher.publish(scene.publishing(2))
            let second = try #require(try await iterator.next())
            #expect(second.number == 2 && second.connection == 1)
            await consumer.settle(second, .acknowledge)
            await consumer.close()
            await publisher.close()
        }
    }

    @Test func lostConnectionsComeBack() async throws {
        try await Scene.with { scene in
            let proxy = try FaultProxy(target: UInt16(try settings().port))
            defer { proxy.end() }
            let publisher = scene.publisher(try settings(port: Int(proxy.port)))
            for number in 0..<5 {
                try await publisher.publish(scene.publishing(number, size: 300_000))
                proxy.cut()
            }
            await publisher.close()
            #expect(try await scene.depth().messages == 5)
            #expect(proxy.accepted >= 5)
        }
    }

    @Test func theManagementInterfaceIsTrustedByTheSameAuthority() async throws {
        guard let url = RealBroker.environment("OHRA_DEV_AMQPS_MANAGEMENT_URL") else { throw RealBroker.Missing() }
        var settings = try settings()
        settings.managementURL = try ServiceURL(url, schemes: ["https"])
        let client = ManagementClient(
            settings: settings,
            transport: CurlTransport(
                options: CurlTransport.Options(certificateAuthorityFile: settings.certificateAuthorityFile)))
        _ = try await client.snapshot(of: Topology(prefix: "test-tls"))
        let stranger = ManagementClient(settings: settings, transport: CurlTransport())
        let error = await #expect(throws: BrokerError.self) {
            try await stranger.snapshot(of: Topology(prefix: "test-tls"))
        }
        #expect(error?.code == .unavailable && error?.message.contains("certificate") == true)
    }

    // MARK: Bad certificates

    @Test func anotherAuthorityIsRefused() async throws {
        let authority = try TestAuthority()
        let error = try await refusal(settings(authority: authority.file))
        withExtendedLifetime(authority) {}
        #expect(error.code == .unavailable && error.message.contains("OHRA_AMQP_CA_FILE's authority has not signed it"))
    }

    @Test(arguments: [
        ("expired", "is refused"), ("self-signed", "is refused"), ("other-host", "another host name"),
        ("old-protocol", "no TLS with"),
    ])
    func badCertificatesAreRefused(kind: String, words: String) async throws {
        let authority = try TestAuthority()
        var options: [String] = []
        switch kind {
        case "expired": try authority.certificate(kind, days: -1)
        case "self-signed": try authority.selfSigned(kind)
        case "other-host": try authority.certificate(kind, host: "broker.example")
        default:
            try authority.certificate(kind)
            options = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]
        }
        let server = try TLSServer(authority, certificate: kind, options: options)
        defer { server.stop() }
        let error = try await refusal(settings(port: server.port, authority: authority.file))
        #expect(error.code == .unavailable)
        #expect(error.message.contains(words), "\(error.message)")
    }

    /// The same server with a good certificate gets past TLS, so that the refusals above are about the certificates.
    @Test func aGoodCertificateGetsPastTLS() async throws {
        let authority = try TestAuthority()
        try authority.certificate("good")
        let server = try TLSServer(authority, certificate: "good")
        defer { server.stop() }
        var settings = try settings(port: server.port, authority: authority.file)
        settings.connectTimeout = .seconds(1)
        let error = try await refusal(settings)
        #expect(!error.message.contains("certificate") && !error.message.contains("no TLS"), "\(error.message)")
    }

    /// Its certificate names the address too, but librabbitmq 0.11 compares DNS names only.
    @Test func anAddressIsNoName() async throws {
        var settings = try settings()
        settings.url = try ServiceURL("amqps://127.0.0.1:\(settings.port)", schemes: ["amqps"])
        #expect(try await refusal(settings).message.contains("another host name"))
    }

    @Test(arguments: ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func aFileWithoutCertificateIsNamed(text: String) async throws {
        let authority = try TestAuthority()
        try text.write(toFile: authority.path("empty.pem"), atomically: true, encoding: .utf8)
        let error = try await refusal(settings(authority: authority.path("empty.pem")))
        #expect(error.message.contains("OHRA_AMQP_CA_FILE holds no usable certificate"))
    }

    // MARK: The wrong port

    @Test func tlsToAPlainPortEndsClearly() async throws {
        let error = try await refusal(settings(port: RealBroker.settings().port))
        #expect(error.code == .unavailable && error.message.contains("is this its port for TLS?"), "\(error.message)")
    }

    @Test func plainToATLSPortEndsClearly() async throws {
        var settings = try settings()
        settings.url = try ServiceURL("amqp://localhost:\(settings.port)", schemes: ["amqp"])
        let error = try await refusal(settings)
        #expect(error.code == .unavailable && error.message.contains("TLS"), "\(error.message)")
    }

    @Test func tlsToASilentPeerEndsByTheTimeout() async throws {
        let silent = try FaultProxy(target: nil)
        defer { silent.end() }
        var settings = try settings(port: Int(silent.port))
        settings.connectTimeout = .milliseconds(500)
        #expect(try await refusal(settings).code == .unavailable)
    }
}
