import Logging
import ServiceLifecycle
import Testing

@testable import Shared

@Suite(.timeLimit(.minutes(1))) struct HTTPListenerTests {
    private struct Listening: Service {
        let listener: HTTPListener
        let announce: @Sendable (UInt16) -> Void
        let answer: @Sendable (ServedRequest) async -> ServedResponse

        func run() async throws { try await listener.run(onListening: announce, answer: answer) }
    }

    private func withListener(
        _ answer: @escaping @Sendable (ServedRequest) async -> ServedResponse, _ body: (String) async throws -> Void
    ) async throws {
        let (ports, announce) = AsyncStream<UInt16>.makeStream()
        let service = Listening(
            listener: HTTPListener(host: "127.0.0.1", port: 0, patience: 10, setting: "--port"),
            announce: { announce.yield($0) }, answer: answer)
        let logger = Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(configuration: .init(services: [.init(service: service)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            try await body("http://127.0.0.1:\(try #require(await iterator.next()))")
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func text(_ answer: HTTPResponse) -> String { String(decoding: answer.body, as: UTF8.self) }

    @Test func requestsAreReadAsTheyWereSent() async throws {
        try await withListener { request in
            let query = request.query.all.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
            let text = [
                request.method, request.path, query, request.cookie("b") ?? "-", request.header("x-one") ?? "-",
            ]
            return ServedResponse(200, type: "text/plain", body: Array(text.joined(separator: "|").utf8))
        } _: { address in
            let transport = CurlTransport()
            let answer = try await transport.send(
                HTTPRequest(
                    .get, address + "/a/b?q=x+y&r=%EB%83%89",
                    headers: [("Cookie", "a=1; b=two=2 ; c=3"), ("X-One", "1")]))
            #expect(answer.status == 200 && text(answer) == "GET|/a/b|q=x y,r=냉|two=2|1")
            #expect(answer[header: "cache-control"] == "no-store")
        }
    }

    @Test func formsAreReadUpToTheirLimit() async throws {
        try await withListener { request in
            guard let form = await request.form(limit: 10_000) else {
                return ServedResponse(413, type: "text/plain", body: [])
            }
            return ServedResponse(200, type: "text/plain", body: Array("\(form.values("id").count)".utf8))
        } _: { address in
            for (count, status) in [(3, 200), (1000, 200), (2000, 413), (1_000_000, 413)] {
                let body = Array(repeating: "id=abcdef", count: count).joined(separator: "&")
                let answer = try await CurlTransport().send(HTTPRequest(.post, address, body: Array(body.utf8)))
                #expect(answer.status == status)
                if status == 200 { #expect(text(answer) == "\(count)") }
            }
        }
    }

    @Test func aPortInUseAndABadAddressAreSettingsFaults() async throws {
        try await withListener { _ in
            ServedResponse(200, type: "text/plain", body: [])
        } _: { address in
            let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
            for (host, port) in [("127.0.0.1", port), ("example.com", 0)] {
                let second = HTTPListener(host: host, port: port, patience: 1, setting: "--port")
                await #expect(throws: SettingsError.self) {
                    try await second.run(onListening: { _ in }) { _ in ServedResponse(200, type: "", body: []) }
                }
            }
        }
    }
}
