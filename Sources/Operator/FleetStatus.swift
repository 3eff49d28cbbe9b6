import Shared

/// The state of the fleet at one moment.
struct FleetStatus: Sendable {
    struct Queue: Sendable {
        let name: String
        let depth: QueueDepth
    }

    var queues: [Queue] = []
    /// Messages in the dead-letter queues.
    var dead = 0
    var documents = 0
    var points = 0

    /// Asks broker and Qdrant. A collection that does not exist counts as empty.
    static func read(_ broker: Broker, _ client: QdrantClient) async throws -> FleetStatus {
        var status = FleetStatus()
        let topology = broker.topology
        status.queues = try await BrokerConnection.with(broker.settings, name: broker.connectionName("status")) {
            connection throws(BrokerError) in
            var queues: [Queue] = []
            for queue in topology.queues where queue.name != topology.journal {
                queues.append(Queue(name: queue.name, depth: try await connection.verifyQueue(queue.name)))
            }
            return queues
        }
        let deadQueues = Topology.Stage.allCases.map(topology.deadQueue)
        status.dead = status.queues.filter { deadQueues.contains($0.name) }.reduce(0) { $0 + $1.depth.messages }
        let registry = Registry(client: client, collection: client.settings.registryCollection)
        status.documents = try await registry.loadedCount()
        if try await client.collectionExists(client.settings.collection) {
            status.points = try await client.count(client.settings.collection)
        }
        return status
    }

    var text: String {
        var table = TextTable([.init("queue"), .init("ready", .right), .init("consumers", .right)])
        for queue in queues { table.add([queue.name, "\(queue.depth.messages)", "\(queue.depth.consumers)"]) }
        return table.rendered() + "\n\(documents) documents, \(points) points, \(dead) dead letters"
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
                        writer.member("consumers", queue.depth.consumers)
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
