import Embedding
import Glibc
import Platforms
import Shared

/// Everything the fleet needs, tried one by one.
struct FleetCheck: Sendable {
    let broker: BrokerSettings
    let qdrant: QdrantSettings
    let embedding: EmbeddingSettings
    let sources: [any DocumentSource]
    let transport: CurlTransport

    func run(for program: Program) async -> [CheckResult] {
        var results = [
            await CheckResult.of("broker") { try await checkBroker(program) },
            await CheckResult.of("qdrant") { try await checkQdrant() },
            await CheckResult.of("embedding") { try await checkEmbedding() },
        ]
        for source in sources {
            results.append(
                await CheckResult.of(type(of: source).name) {
                    try await source.verify()
                    return "credentials accepted by \(source.instance)"
                })
        }
        return results
    }

    private func checkBroker(_ program: Program) async throws -> String {
        let broker = Broker(self.broker, for: program)
        try await broker.prepare()
        let finding = "\(self.broker.address), exchange and queues are there"
        guard self.broker.user == broker.topology.user(.extractor) else { return finding }
        // A right that users of a fleet from before there were leases lack.
        let lease = try await Lease.acquire(
            "check.\(HostName.current).\(getpid())", at: broker, logger: program.logger)
        await lease?.release()
        return finding + ", leases are allowed"
    }

    private func checkQdrant() async throws -> String {
        let client = QdrantClient(transport: transport, settings: qdrant)
        try await client.requireSupportedVersion()
        let version = try await client.serverVersion()
        guard try await client.collectionExists(qdrant.collection) else {
            return "\(qdrant.url), version \(version), collection '\(qdrant.collection)' will be created"
        }
        let count = try await client.count(qdrant.collection)
        let sparse = try await client.collectionInfo(qdrant.collection).sparseVectorNames
        let words = sparse.contains(SparseVector.textName) ? "" : ", which has no sparse vectors to find words by"
        return "\(qdrant.url), version \(version), \(count) points in '\(qdrant.collection)'\(words)"
    }

    private func checkEmbedding() async throws -> String {
        let provider = try EmbeddingProviderFactory.make(embedding, transport: transport)
        let found = try await provider.prepare()
        let advice = provider.advice.map { "; \($0)" } ?? ""
        return "\(found.provider) \(found.model), \(found.dimension) numbers a vector\(advice)"
    }
}
