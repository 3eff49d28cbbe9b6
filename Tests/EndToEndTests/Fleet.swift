import FoundationEssentials
import Logging
import Shared
import Testing

import class Foundation.ProcessInfo

/// One fleet of its own on the real servers: own queues, own collection, the sample company freshly reset.
struct Fleet: Sendable {
    let name: String
    let variables: [String: String]
    let client: QdrantClient
    let broker: BrokerSettings
    let topology: Topology
    private let control: String
    private let transport = CurlTransport()

    /// Calls `body` with a fleet whose queues and collections are removed afterwards.
    ///
    /// - Parameter extra: variables of all its programs, for example another broker.
    static func with(_ extra: [String: String] = [:], _ body: (Fleet) async throws -> Void) async throws {
        let fleet = try await Fleet(extra)
        do {
            try await body(fleet)
        } catch {
            try await fleet.remove()
            throw error
        }
        try await fleet.remove()
    }

    private init(_ extra: [String: String]) async throws {
        name = "e2e-" + UUID().uuidString.prefix(8).lowercased()
        variables = [
            "OHRA_AMQP_PREFIX": name, "OHRA_QDRANT_COLLECTION": name, "OHRA_LOG_FORMAT": "json",
            "OHRA_LOG_LEVEL": "info",
        ].merging(extra) { $1 }
        let environment = ProcessInfo.processInfo.environment
        guard let control = environment["OHRA_DEV_ATLASSIAN_CONTROL"] else {
            throw MissingEnvironment(name: "OHRA_DEV_ATLASSIAN_CONTROL")
        }
        self.control = control
        var reader = try await SettingsReader.load(flags: variables)
        broker = BrokerSettings(from: &reader)
        let qdrant = QdrantSettings(&reader)
        try reader.finish()
        client = QdrantClient(transport: transport, settings: qdrant)
        topology = Topology(prefix: broker.prefix)
        try await tell(.post, "/reset")
    }

    private func remove() async throws {
        let topology = topology
        try await BrokerConnection.with(broker, name: "e2e clean-up") { connection throws(BrokerError) in
            for queue in topology.queues { try await connection.deleteQueue(queue.name) }
            try await connection.deleteExchange(topology.exchange)
        }
        try await client.deleteCollection(client.settings.collection)
        try await client.deleteCollection(client.settings.registryCollection)
    }

    // MARK: Programs

    @discardableResult
    func run(
        _ program: String, _ arguments: String..., with extra: [String: String] = [:], expecting status: Int32 = 0
    ) async throws -> ProgramRun.Output {
        let output = try await start(program, arguments, with: extra).output()
        #expect(output.status == status, "\(program) \(arguments): \(output.complaint)")
        return output
    }

    func start(_ program: String, _ arguments: [String], with extra: [String: String] = [:]) throws -> ProgramRun {
        try ProgramRun(program, arguments, variables: variables.merging(extra) { $1 })
    }

    /// Runs two transformers and a loader side by side until both queues are empty.
    func drain() async throws {
        async let first = run("transformer", "--drain", "--idle", "1.5")
        async let second = run("transformer", "--drain", "--idle", "1.5")
        async let third = run("loader", "--drain", "--idle", "3")
        _ = try await (first, second, third)
    }

    // MARK: Servers

    /// Asks the Atlassian stand-in to change something.
    @discardableResult
    func tell(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws -> JSONElement {
        let request = json.map { HTTPRequest.json(method, control + path, body: Array($0.utf8)) }
        let answer = try await transport.send(request ?? HTTPRequest(method, control + path))
        #expect(answer.isSuccess, "\(method) \(path): \(answer.status)")
        return try JSONElement(parsing: answer.body.isEmpty ? Array("null".utf8) : answer.body)
    }

    /// Every point with its whole payload as text, by id.
    func points() async throws -> [String: String] {
        var points: [String: String] = [:]
        for try await page in client.pages(of: client.settings.collection) {
            for point in page { points[point.id.description] = String(decoding: point.payload.text, as: UTF8.self) }
        }
        return points
    }

    func depth(_ queue: String) async throws -> Int {
        try await BrokerConnection.with(broker, name: "e2e depth") { connection throws(BrokerError) in
            try await connection.verifyQueue(queue).messages
        }
    }

    /// The bodies that wait in a queue, which keeps them.
    func bodies(of queue: String) async throws -> [[UInt8]] {
        let count = try await depth(queue)
        guard count > 0 else { return [] }
        let consumer = Consumer(
            settings: broker, queue: queue, prefetch: count, name: "e2e look", logger: Logger(label: "e2e"))
        var bodies: [[UInt8]] = []
        for try await delivery in consumer.deliveries {
            bodies.append(delivery.body)
            if bodies.count == count { break }
        }
        // Closing hands everything unsettled back.
        await consumer.close()
        return bodies
    }
}
