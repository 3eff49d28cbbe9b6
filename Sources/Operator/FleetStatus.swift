import Platforms
import Shared

/// The state of the fleet at one moment.
struct FleetStatus: Sendable {
    struct Queue: Sendable {
        let name: String
        let depth: QueueDepth
        /// Deliveries that workers hold; nil where the management interface cannot be asked.
        let unacked: Int?
        /// A queue that workers consume, in contrast to those for retries and dead letters.
        let isWork: Bool

        /// Not done yet, as far as is known.
        var waiting: Int { depth.messages + (unacked ?? 0) }
    }

    struct Source: Sendable {
        let name: String
        /// When the run began up to which every scope is read; nil before there was one.
        let lastCompleteRun: Timestamp?
        let documents: Int
    }

    var queues: [Queue] = []
    /// Those that have documents or a complete run.
    var sources: [Source] = []
    /// Messages in the dead-letter queues.
    var dead = 0
    var documents = 0
    var points = 0

    /// Those to watch: the work queues, then those for retries and dead letters that hold something.
    var busyQueues: [Queue] { queues.filter(\.isWork) + queues.filter { !$0.isWork && $0.waiting > 0 } }

    /// Asks broker and Qdrant. A collection that does not exist counts as empty.
    static func read(_ broker: Broker, _ client: QdrantClient, _ management: ManagementClient) async throws
        -> FleetStatus
    {
        var status = FleetStatus()
        let topology = broker.topology
        let unacked = try await unacknowledged(management)
        status.queues = try await BrokerConnection.with(broker.settings, name: broker.connectionName("status")) {
            connection throws(BrokerError) in
            var queues: [Queue] = []
            for queue in topology.queues where queue.name != topology.journal {
                let depth = try await connection.verifyQueue(queue.name)
                queues.append(
                    Queue(
                        name: queue.name, depth: depth, unacked: unacked?[queue.name],
                        isWork: Topology.Stage.allCases.map(topology.workQueue).contains(queue.name)))
            }
            return queues
        }
        let deadQueues = Topology.Stage.allCases.map(topology.deadQueue)
        status.dead = status.queues.filter { deadQueues.contains($0.name) }.reduce(0) { $0 + $1.depth.messages }
        let registry = Registry(client: client, collection: client.settings.registryCollection)
        status.documents = try await registry.loadedCount()
        let runs = try await registry.lastCompleteRuns()
        for name in SourceRegistry.names {
            let documents = try await registry.loadedCount(source: name)
            guard documents > 0 || runs[name] != nil else { continue }
            status.sources.append(Source(name: name, lastCompleteRun: runs[name], documents: documents))
        }
        if try await client.collectionExists(client.settings.collection) {
            status.points = try await client.count(client.settings.collection)
        }
        return status
    }

    /// nil where the plugin is off or our user may not ask it: workers need neither.
    private static func unacknowledged(_ management: ManagementClient) async throws(BrokerError) -> [String: Int]? {
        do {
            return try await management.unacknowledged()
        } catch  where error.code == .unavailable || error.code == .unauthorized {
            return nil
        }
    }

    var text: String {
        var table = TextTable([
            .init("queue"), .init("ready", .right), .init("unacked", .right), .init("consumers", .right),
        ])
        for queue in queues {
            table.add([
                queue.name, "\(queue.depth.messages)", queue.unacked.map { "\($0)" } ?? "?",
                "\(queue.depth.consumers)",
            ])
        }
        var parts = [table.rendered()]
        if !sources.isEmpty { parts.append(sourceTable.rendered()) }
        parts.append("\(documents) documents, \(points) points, \(dead) dead letters")
        return parts.joined(separator: "\n\n")
    }

    var sourceTable: TextTable {
        var table = TextTable([.init("source"), .init("documents", .right), .init("last complete run")])
        for source in sources {
            table.add([source.name, "\(source.documents)", source.lastCompleteRun?.description ?? "never"])
        }
        return table
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("queues")
            writer.array { writer in
                for queue in queues {
                    writer.object { writer in
                        writer.member("name", queue.name)
                        writer.member("ready", queue.depth.messages)
                        writer.key("unacked")
                        if let unacked = queue.unacked { writer.value(unacked) } else { writer.null() }
                        writer.member("consumers", queue.depth.consumers)
                    }
                }
            }
            writer.key("sources")
            writer.array { writer in
                for source in sources {
                    writer.object { writer in
                        writer.member("source", source.name)
                        writer.key("last_complete_run")
                        if let run = source.lastCompleteRun { writer.value(run.description) } else { writer.null() }
                        writer.member("documents", source.documents)
                    }
                }
            }
            writer.member("points", points)
            writer.member("documents", documents)
            writer.member("dead", dead)
        }
        return writer.bytes
    }
}
