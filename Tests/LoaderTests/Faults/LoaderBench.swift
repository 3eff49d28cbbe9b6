import Logging
import Shared
import TestSupport

@testable import Loader

/// The loader's handler as the program builds it, over a Qdrant that fails and a broker in memory.
struct LoaderBench {
    let qdrant: FaultyQdrant
    let broker: MemoryBroker
    let topology = Topology(prefix: "t")
    private let loader: VectorLoader

    init(_ qdrant: FaultyQdrant) {
        self.qdrant = qdrant
        broker = MemoryBroker(topology)
        var reader = SettingsReader.only(["OHRA_QDRANT_COLLECTION": "c"])
        let settings = QdrantSettings(&reader)
        let logger = Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }
        let lateWrites = LateWrites()
        let client = QdrantClient(transport: qdrant, settings: settings, retries: .never)
        let attempts = LoadAttempts(
            replacement: Replacement(client), lateWrites: lateWrites,
            retries: RetryPolicy(maximumAttempts: 3, firstDelay: .milliseconds(1)), logger: logger)
        loader = VectorLoader(
            collection: CollectionGuard(client: client, alias: "c", layout: CollectionLayout(), logger: logger),
            sparse: SparseFit(client: client, logger: logger),
            // Long enough for all messages of a test to come together.
            batcher: LoadBatcher(patience: .milliseconds(100)) { group throws(QdrantError) in
                try await attempts.load(group)
            },
            lateWrites: lateWrites, cleanUps: CleanUps(publisher: broker.publisher(), topology: topology))
    }

    /// A message with `chunks` chunks of each of these documents, complete.
    static func message(_ documents: [String], chunks: Int = 1) -> VectorsMessage {
        let headers = documents.map { id in
            DocumentHeader(DocumentChange(document: .sample(id), epoch: 1), chunkCount: chunks)
        }
        let vectors = headers.flatMap { header in
            (0..<chunks).map { index in
                ChunkVector(
                    id: PointIdentity.chunk(
                        documentID: header.id, version: header.version, fingerprint: "f", index: index),
                    documentID: header.id, index: index, content: "c", hash: "h", embedHash: "h", vector: [1])
            }
        }
        return VectorsMessage(fingerprint: "f", model: "m", dimension: 1, documents: headers, vectors: vectors)
    }

    func handle(_ message: VectorsMessage) async -> Outcome {
        let envelope = MessageEnvelope(type: VectorsMessage.type, run: "r", source: "files")
        let publishing = envelope.publishing(exchange: topology.exchange, routingKey: "vectors", body: message.body)
        return await loader.handle(
            Delivery(
                tag: 1, connection: 1, isRedelivered: false, exchange: topology.exchange, routingKey: "vectors",
                properties: publishing.properties, body: publishing.body))
    }
}
