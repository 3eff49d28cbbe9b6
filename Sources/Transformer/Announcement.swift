import Embedding
import Logging
import Shared

/// Tells the registry how this transformer cuts and embeds, so that the extractor can see which documents must be made anew.
struct Announcement {
    let registry: Registry
    let broker: Broker
    /// `--adopt`: these settings are the new ones, whatever runs beside us.
    let adopts: Bool
    let logger: Logger

    /// Announces the pipeline unless it is announced already.
    ///
    /// - Throws: ``SettingsError`` when other transformers are at work with other settings: two kinds of vectors must not
    ///   come into one collection by accident.
    func make(_ fingerprint: PipelineFingerprint, _ embedding: EmbeddingDescriptor) async throws {
        let record = PipelineRecord(
            fingerprint: fingerprint.value, model: embedding.model, dimension: embedding.dimension,
            settings: Dictionary(uniqueKeysWithValues: fingerprint.parts.map { ($0.name, $0.value) }))
        try await registry.prepare()
        let announced = try await registry.pipeline()
        guard announced != record else { return }
        if let announced, !adopts, try await othersAreAtWork() {
            let differences = record.differences(from: announced)
            throw SettingsError([
                "this transformer's settings differ from those of the transformers that are running: "
                    + differences.map { name in
                        "\(name) is '\(record.settings[name] ?? "")', theirs is '\(announced.settings[name] ?? "")'"
                    }.joined(separator: ", ")
                    + "; make them the same, stop the others, or start with --adopt"
            ])
        }
        try await registry.announce(record)
        logger.notice(
            "Pipeline announced",
            metadata: [
                LogKey.fingerprint: "\(record.fingerprint)", LogKey.model: "\(record.model)",
                LogKey.dimension: "\(record.dimension)",
            ])
    }

    private func othersAreAtWork() async throws -> Bool {
        let queue = broker.topology.workQueue(.documents)
        let depth = try await BrokerConnection.with(broker.settings, name: broker.connectionName("announce")) {
            connection throws(BrokerError) in try await connection.verifyQueue(queue)
        }
        return depth.consumers > 0
    }
}
