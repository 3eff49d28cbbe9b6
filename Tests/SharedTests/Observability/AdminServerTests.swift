import Configuration
import Foundation
import Glibc
import Logging
import Metrics
import ServiceLifecycle
import Synchronization
import Testing

@testable import Shared

@Suite(.timeLimit(.minutes(1))) struct AdminServerTests {
    private static let silent = Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }

    /// Runs the server on a free port, gives the port to `body`, then stops it gracefully.
    private func withServer(
        failing: [FailingPart] = [], registry: PrometheusRegistry = PrometheusRegistry(),
        _ body: (UInt16) async throws -> Void
    ) async throws {
        let (ports, announce) = AsyncStream<UInt16>.makeStream()
        let server = AdminServer(
            AdminSettings(port: 0), registry: registry, logger: Self.silent, onListening: { announce.yield($0) },
            readiness: { failing })
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: Self.silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(port)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Sends one request and reads until the server closes.
    private func ask(_ port: UInt16, _ line: String) async -> String {
        // On a thread of its own: blocking reads on the few threads of the concurrency pool would keep the server from
        // answering.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Self.askBlocking(port, line)) }
        }
    }

    private static func askBlocking(_ port: UInt16, _ line: String) -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return "not connected" }
        let request = Array("\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8)
        _ = write(descriptor, request, request.count)
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
            answer += buffer[..<count]
        }
    }

    @Test func endpointsAnswerAndTheRestIsNotFound() async throws {
        let registry = PrometheusRegistry()
        registry.makeCounter(label: "a_total", dimensions: []).increment(by: 4)
        try await withServer(registry: registry) { port in
            let metrics = await ask(port, "GET /metrics")
            #expect(metrics.hasPrefix("HTTP/1.1 200"))
            #expect(metrics.contains("version=0.0.4"))
            #expect(metrics.contains("\na_total 4\n"))
            #expect(await ask(port, "GET /livez").hasPrefix("HTTP/1.1 200"))
            #expect(await ask(port, "GET /readyz").hasPrefix("HTTP/1.1 200"))
            for line in ["GET /", "GET /metrics/x", "GET /../etc/passwd", "POST /other"] {
                #expect(await ask(port, line).hasPrefix("HTTP/1.1 404"), "\(line)")
            }
            #expect(await ask(port, "POST /metrics").hasPrefix("HTTP/1.1 405"))
        }
    }

    @Test func readinessNamesWhatFails() async throws {
        try await withServer(failing: [FailingPart("broker", "connection refused\n")]) { port in
            let answer = await ask(port, "GET /readyz")
            #expect(answer.hasPrefix("HTTP/1.1 503"))
            #expect(answer.contains(#"{"ready":false,"failing":[{"part":"broker","reason":"connection refused\\n"}]}"#))
            #expect(await ask(port, "GET /livez").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func aPortInUseIsASettingsFault() async throws {
        try await withServer { port in
            let second = AdminServer(
                AdminSettings(port: port), registry: PrometheusRegistry(), logger: Self.silent, readiness: { [] })
            await #expect(throws: SettingsError.self) { try await second.run() }
        }
    }

    @Test func withoutAPortItOnlyWaits() async throws {
        let server = AdminServer(
            AdminSettings(), registry: PrometheusRegistry(), logger: Self.silent, readiness: { [] })
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: Self.silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test(arguments: [
        ("127.0.0.1", "9464", 0), ("localhost", "0", 0), ("::", "1", 0), ("example.com", "1", 1), ("::1", "70000", 1),
        ("", "", 0),
    ])
    func settingsAcceptAddressesOnly(host: String, port: String, faults: Int) {
        var reader = SettingsReader(
            ConfigReader(
                provider: InMemoryProvider(values: [
                    ["OHRA_ADMIN_HOST"]: .init(.string(host), isSecret: false),
                    ["OHRA_ADMIN_PORT"]: .init(.string(port), isSecret: false),
                ])))
        let settings = AdminSettings(&reader)
        #expect(reader.faults.count == faults)
        #expect((settings.port == nil) == (port == "0" || port.isEmpty || port == "70000"))
    }
}
