public import Shared
import Synchronization

/// A server on 127.0.0.1 that speaks AMQP 0-9-1 by script, rightly or wrongly.
public enum FakePeer {
    public typealias Script = @Sendable (PeerSession) throws -> Void

    /// Runs `script` for each connection on a thread of its own while `body` runs; a connection ends with its script.
    public static func with<Result>(
        _ script: @escaping Script, isolation: isolated (any Actor)? = #isolation,
        client body: (BrokerSettings) async throws -> Result
    ) async throws -> Result {
        let numbers = Counter()
        let server = try LoopbackServer { connection in
            // Thrown when the client has gone; what that means is for the test to see on the client's side.
            try? script(PeerSession(connection, number: numbers.next()))
        }
        defer { server.stop() }
        return try await body(settings(port: server.port))
    }

    private final class Counter: Sendable {
        private let value = Atomic(0)

        func next() -> Int { value.add(1, ordering: .relaxed).newValue }
    }

    /// Plays the part of a broker until the channel is open, then `script`.
    public static func opened<Result>(
        tune: WireFrame = .tune(), _ script: @escaping Script, isolation: isolated (any Actor)? = #isolation,
        client body: (BrokerSettings) async throws -> Result
    ) async throws -> Result {
        let whole: Script = { session in
            try session.handshake(tune)
            try session.answer(upTo: .openChannel)
            try script(session)
        }
        return try await with(whole, client: body)
    }

    private static func settings(port: Int) throws -> BrokerSettings {
        var settings = BrokerSettings(
            url: try ServiceURL("amqp://127.0.0.1:\(port)", schemes: ["amqp"]), user: "user",
            password: Secret("canary-secret-7741"))
        settings.reconnectDelays = .milliseconds(20) ... .milliseconds(100)
        return settings
    }
}
