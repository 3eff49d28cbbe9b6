/// How the transformers of this collection cut and embed: announced by them, compared by the extractor, which so needs
/// none of their settings.
public struct PipelineRecord: Sendable, Equatable {
    public let fingerprint: String
    public let model: String
    /// Numbers in each vector.
    public let dimension: Int
    /// The settings behind the fingerprint by name, so that a difference can be named.
    public let settings: [String: String]

    public init(fingerprint: String, model: String, dimension: Int, settings: [String: String]) {
        self.fingerprint = fingerprint
        self.model = model
        self.dimension = dimension
        self.settings = settings
    }

    /// Names of the settings in which the two differ, sorted.
    public func differences(from other: PipelineRecord) -> [String] {
        Set(settings.keys).union(other.settings.keys).filter { settings[$0] != other.settings[$0] }.sorted()
    }
}

extension Registry {
    private static let pipelineID = PointIdentity.record(kind: "pipeline", name: "announced")

    /// The announced pipeline; nil before any transformer has started.
    public func pipeline() async throws(QdrantError) -> PipelineRecord? {
        let fields = ["fingerprint", "model", "dimension", "settings"]
        guard let payload = try await records([Self.pipelineID], fields: fields).first,
            let fingerprint = payload["fingerprint"]?.string, let model = payload["model"]?.string,
            let dimension = payload["dimension"]?.int, let members = payload["settings"]?.object
        else { return nil }
        var settings: [String: String] = [:]
        for (name, value) in members { settings[name] = value.string }
        return PipelineRecord(fingerprint: fingerprint, model: model, dimension: dimension, settings: settings)
    }

    /// Makes `record` the pipeline that extractors compare with.
    public func announce(_ record: PipelineRecord) async throws(QdrantError) {
        var body = PointsBody(reservingPoints: 1)
        body.append(id: Self.pipelineID, vector: nil) { writer in
            writer.object { writer in
                writer.member("kind", "pipeline")
                writer.member("fingerprint", record.fingerprint)
                writer.member("model", record.model)
                writer.member("dimension", record.dimension)
                writer.key("settings")
                writer.object { writer in
                    for (name, value) in record.settings.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
                }
                writer.member("announced_at", Timestamp.now.description)
            }
        }
        try await client.upsert(collection, body)
    }
}
