import Glibc
import Logging
import Shared

/// The broker at `OHRA_AMQP_URL`, with uniquely named exchanges and queues that are always removed.
struct RealBroker {
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            "OHRA_AMQP_URL is not set: start a broker (dev/servers/up DIR rabbitmq) and source DIR/env"
        }
    }

    /// Settings of the broker under test, quick to reconnect.
    static func settings(port: UInt16? = nil) throws -> BrokerSettings {
        guard let text = environment("OHRA_AMQP_URL") else { throw Missing() }
        var url = try ServiceURL(text, schemes: ["amqp", "amqps"])
        if let port { url = try ServiceURL("amqp://127.0.0.1:\(port)", schemes: ["amqp"]) }
        var settings = BrokerSettings(
            url: url, user: environment("OHRA_AMQP_USER") ?? "guest",
            password: Secret(environment("OHRA_AMQP_PASSWORD") ?? "guest"))
        settings.reconnectDelays = .milliseconds(50) ... .milliseconds(400)
        return settings
    }

    static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = environment("OHRA_TEST_LOG_LEVEL").flatMap(Logger.Level.init(rawValue:)) ?? .critical
        return logger
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// An exchange with one queue bound by the routing key `work`.
struct Scene {
    let settings: BrokerSettings
    let exchange: String
    let queue: String
    let routingKey = "work"

    static func with<Value: Sendable>(
        arguments: [String: HeaderValue] = ["x-queue-type": .string("quorum")],
        _ body: @Sendable (Scene) async throws -> Value
    ) async throws -> Value {
        let settings = try RealBroker.settings()
        let name = "test.\(UInt64.random(in: 0...UInt64.max))"
        let scene = Scene(settings: settings, exchange: name, queue: name + ".q")
        try await BrokerConnection.with(settings, name: "test setup") { broker throws(BrokerError) in
            try await broker.declareExchange(scene.exchange)
            try await broker.declareQueue(scene.queue, arguments: arguments)
            try await broker.bind(queue: scene.queue, to: scene.exchange, routingKey: scene.routingKey)
        }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(scene))
        } catch {
            result = .failure(error)
        }
        try await BrokerConnection.with(settings, name: "test teardown") { broker throws(BrokerError) in
            try await broker.deleteQueue(scene.queue)
            try await broker.deleteExchange(scene.exchange)
        }
        return try result.get()
    }

    func publishing(_ number: Int, size: Int = 8) -> Publishing {
        var body = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: max(size, 8))
        withUnsafeBytes(of: UInt64(number).littleEndian) { body.replaceSubrange(0..<8, with: $0) }
        return Publishing(
            exchange: exchange, routingKey: routingKey,
            properties: MessageProperties(messageID: "\(number)", type: "test"),
            body: body)
    }

    func publisher(_ settings: BrokerSettings? = nil, patience: Duration? = .seconds(60)) -> Publisher {
        Publisher(
            settings: settings ?? self.settings, name: "test publish", patience: patience, logger: RealBroker.logger)
    }

    func consumer(_ settings: BrokerSettings? = nil, prefetch: Int) -> Consumer {
        Consumer(
            settings: settings ?? self.settings, queue: queue, prefetch: prefetch, name: "test consume",
            logger: RealBroker.logger)
    }

    func depth() async throws -> QueueDepth {
        let queue = queue
        return try await BrokerConnection.with(settings, name: "test depth") { broker throws(BrokerError) in
            try await broker.verifyQueue(queue)
        }
    }
}

extension Delivery {
    var number: Int {
        body.count < 8
            ? -1 : Int(body[0..<8].enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << ($1.offset * 8) })
    }
}
