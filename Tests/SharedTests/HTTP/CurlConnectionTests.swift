import Shared
import Synchronization
import TestSupport
import Testing

/// Connections: reuse, death, limits, cancellation.
@Suite(.timeLimit(.minutes(1)))
struct CurlConnectionTests {
    @Test func connectionIsKeptAlive() async throws {
        let transport = CurlTransport()
        try await LoopbackServer.with(answering) { server in
            for number in 0..<20 {
                let answer = try await transport.send(HTTPRequest(.get, server.url + "/\(number)")).text
                #expect(answer == "/\(number)")
            }
            #expect(server.acceptedConnections == 1)
        }
    }

    @Test func twoHundredRequestsAtOnceShareSixteenConnections() async throws {
        let transport = CurlTransport()
        try await LoopbackServer.with(answering) { server in
            let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let request = HTTPRequest(
                            .post, server.url + "/\(number)", body: [UInt8](repeating: 1, count: 100_000))
                        return (number, try await transport.send(request).text)
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(answers == Dictionary(uniqueKeysWithValues: (0..<200).map { ($0, "/\($0)") }))
            #expect((1...16).contains(server.acceptedConnections))
        }
    }

    /// A server that closes an idle connection while the next request is on its way, in order or by a reset.
    @Test(arguments: [false, true], [HTTPRequest.Method.get, .put])
    func deadKeptAliveConnectionIsReplacedOnce(isReset: Bool, method: HTTPRequest.Method) async throws {
        let transport = CurlTransport()
        try await LoopbackServer.with { connection in
            guard let first = connection.readRequest() else { return }
            connection.answer(first.path)
            if first.path == "/1" {
                _ = connection.readHead()
                if isReset { connection.resetOnClose() }
            } else {
                connection.waitForClose()
            }
        } _: { server in
            let body = method == .put ? [UInt8](repeating: 7, count: 16 << 20) : nil
            let first = try await transport.send(HTTPRequest(.get, server.url + "/1")).text
            #expect(first == "/1")
            let second = try await transport.send(HTTPRequest(method, server.url + "/2", body: body)).text
            #expect(second == "/2")
            #expect(server.acceptedConnections == 2)
        }
    }

    @Test func connectionClosedWhileIdleIsReplaced() async throws {
        let transport = CurlTransport()
        let closed = Signal()
        try await LoopbackServer.with { connection in
            guard let request = connection.readRequest() else { return }
            connection.answer(request.path)
            // Returning closes; the client's kernel has the FIN before the signal's effect.
            connection.finishSending()
            closed.send()
            connection.waitForClose()
        } _: { server in
            for number in 1...3 {
                let answer = try await transport.send(HTTPRequest(.get, server.url + "/\(number)")).text
                #expect(answer == "/\(number)")
                #expect(await closed.wait())
            }
            #expect(server.acceptedConnections == 3)
        }
    }

    @Test func cancellationEndsTheTransfer() async throws {
        let transport = CurlTransport()
        let (received, ended) = (Signal(), Signal())
        try await LoopbackServer.with { connection in
            _ = connection.readRequest()
            received.send()
            connection.waitForClose()
            ended.send()
        } _: { server in
            let task = Task { try await transport.send(HTTPRequest(.get, server.url + "/")) }
            #expect(await received.wait())
            task.cancel()
            let error = await #expect(throws: HTTPError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(error?.isRetriable == false)
            // The server sees the connection go.
            #expect(await ended.wait())
        }
    }

    @Test func cancelledTaskSendsNothing() async throws {
        let transport = CurlTransport()
        try await LoopbackServer.with(answering) { server in
            let gate = Signal()
            let task = Task {
                _ = await gate.wait()
                return try await transport.send(HTTPRequest(.get, server.url + "/"))
            }
            task.cancel()
            gate.send()
            let error = await #expect(throws: HTTPError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(server.acceptedConnections == 0)
        }
    }

    @Test func closingEndsTransfersAndConnections() async throws {
        let transport = CurlTransport()
        let received = Signal()
        try await LoopbackServer.with { connection in
            _ = connection.readRequest()
            received.send()
            connection.waitForClose()
        } _: { server in
            let task = Task { try await transport.send(HTTPRequest(.get, server.url + "/")) }
            #expect(await received.wait())
            await transport.close()
            for attempt in [task, Task { try await transport.send(HTTPRequest(.get, server.url + "/")) }] {
                let error = await #expect(throws: HTTPError.self) { try await attempt.value }
                #expect(error?.code == .cancelled)
            }
        }
    }

    @Test func droppedTransportClosesItsConnections() async throws {
        let ended = Signal()
        try await LoopbackServer.with { connection in
            while let request = connection.readRequest() { connection.answer(request.path) }
            ended.send()
        } _: { server in
            do {
                let transport = CurlTransport()
                _ = try await transport.send(HTTPRequest(.get, server.url + "/"))
            }
            #expect(await ended.wait())
        }
    }

    /// A guard, not a reproduction: a signal that comes after its job was taken must not make the idle thread spin. The
    /// race is narrow; the executor that had the fault passed this test, too.
    @Test func idleTransportDoesNotSpin() async throws {
        let transport = CurlTransport()
        try await LoopbackServer.with(answering) { server in
            for number in 0..<500 { _ = try await transport.send(HTTPRequest(.get, server.url + "/\(number)")) }
            let pause = Signal()
            let before = ProcessTime.now
            #expect(await pause.wait(seconds: 0.5) == false)
            #expect(ProcessTime.now - before < 0.25)
        }
    }

    private let answering: @Sendable (LoopbackServer.Connection) -> Void = { connection in
        while let request = connection.readRequest() { connection.answer(request.path) }
    }
}
