import Shared
import Synchronization
import TestSupport
import Testing

@testable import Platforms

@Suite(.timeLimit(.minutes(1))) struct PacedTransportTests {
    private func paced(_ http: ScriptedHTTP) -> (PacedTransport<ImpatientClock>, ImpatientClock) {
        let clock = ImpatientClock()
        return (PacedTransport(http, clock: clock), clock)
    }

    private func get(_ transport: some HTTPTransport, _ url: String = "https://h.example/a") async throws -> Int {
        try await transport.send(HTTPRequest(.get, url)).status
    }

    @Test func noMoreThanFourRequestsToAHostAreUnderWay() async throws {
        let server = CountingTransport()
        let transport = PacedTransport(server)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                // Two sources on one site, and another site.
                let url = number % 3 == 0 ? "https://other.example/x" : "https://h.example/\(number % 2)"
                group.addTask { _ = try await transport.send(HTTPRequest(.get, url)) }
            }
            try await group.waitForAll()
        }
        #expect(server.most == ["https://h.example": 4, "https://other.example": 4])
    }

    @Test func aWaitingRequestThatIsCancelledGivesItsTurnBack() async throws {
        let server = CountingTransport()
        let transport = PacedTransport(server, requestsPerHost: 1, clock: ContinuousClock())
        let first = Task { try await transport.send(HTTPRequest(.get, "https://h.example/hold")) }
        await server.waitUntilHeld()
        let second = Task { try await transport.send(HTTPRequest(.get, "https://h.example/b")) }
        second.cancel()
        let result = await second.result
        #expect(throws: HTTPError.self) { try result.get() }
        server.release()
        _ = try await first.value
        #expect(try await transport.send(HTTPRequest(.get, "https://h.example/c")).status == 200)
    }

    @Test func aHostThatAskedToWaitRestsForAllItsRequests() async throws {
        let (transport, clock) = paced(
            ScriptedHTTP(
                [.answer(FakeSite.json("", status: 429, headers: [("retry-after", "30")]))],
                then: .answer(FakeSite.json("{}"))))
        _ = try await get(transport)
        #expect(try await get(transport, "https://other.example/") == 200)
        #expect(clock.waits.isEmpty)
        #expect(try await get(transport, "https://H.example/b") == 200)
        #expect(clock.waits.count == 1 && clock.waits[0] == .seconds(30))
    }

    @Test func aHugeRetryAfterHoldsNothingBackHere() async throws {
        let (transport, clock) = paced(
            ScriptedHTTP(
                [.answer(FakeSite.json("", status: 503, headers: [("retry-after", "99999999")]))],
                then: .answer(FakeSite.json("{}"))))
        _ = try await get(transport)
        _ = try await get(transport)
        #expect(clock.waits.allSatisfy { $0 <= .seconds(1) })
    }

    @Test func requestsMoveApartNearTheLimitAndTogetherAgain() async throws {
        let near = [("x-ratelimit-limit", "10"), ("x-ratelimit-remaining", "1")]
        let bucket =
            near + [("x-ratelimit-interval-seconds", "6"), ("x-ratelimit-fillrate", "2"), ("retry-after", "0")]
        let (transport, clock) = paced(
            ScriptedHTTP(
                [.answer(FakeSite.json("{}", headers: bucket)), .answer(FakeSite.json("{}", headers: bucket))],
                then: .answer(FakeSite.json("{}"))))
        for _ in 0..<3 { _ = try await get(transport) }
        // The first answer came too late for the second request's own start, not for the third's.
        #expect(clock.waits == [.seconds(3)])
        for _ in 0..<20 { _ = try await get(transport) }
        #expect(clock.waits.last.map { $0 < .seconds(1) } == true)
    }

    @Test func repeatedRefusalsWithoutNumbersMoveRequestsApart() async throws {
        let (transport, clock) = paced(ScriptedHTTP([], then: .answer(FakeSite.json("", status: 429))))
        for _ in 0..<6 { _ = try await get(transport) }
        #expect(clock.waits == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)])
    }
}

/// Counts how many requests are under way for each host; `/hold` waits for ``release()``.
private final class CountingTransport: HTTPTransport {
    private let state = Mutex((now: [String: Int](), most: [String: Int]()))
    private let held = AsyncStream.makeStream(of: Void.self)
    private let freed = AsyncStream.makeStream(of: Void.self)

    var most: [String: Int] { state.withLock { $0.most } }

    func waitUntilHeld() async { for await _ in held.stream { return } }
    func release() { freed.continuation.finish() }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let host = request.url.split(separator: "/").prefix(2).joined(separator: "//")
        state.withLock { state in
            state.now[host, default: 0] += 1
            state.most[host] = max(state.most[host] ?? 0, state.now[host] ?? 0)
        }
        if request.url.hasSuffix("/hold") {
            held.continuation.yield()
            for await _ in freed.stream {}
        } else {
            for _ in 0..<20 { await Task.yield() }
        }
        state.withLock { $0.now[host, default: 0] -= 1 }
        return HTTPResponse(status: 200)
    }
}
