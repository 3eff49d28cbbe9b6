/// How a collection is laid out when it is created. It is not changed later: Qdrant cannot, or only by copying everything.
///
/// | setting | type | default |
/// | --- | --- | --- |
/// | `OHRA_QDRANT_SHARDS` | 1…1000 | the server's: one for each node |
/// | `OHRA_QDRANT_ON_DISK` | boolean | `false`: vectors are kept in memory |
/// | `OHRA_QDRANT_QUANTIZATION` | `none` or `int8` | `none` |
public struct CollectionLayout: Sendable, Equatable {
    public enum Quantization: String, Sendable, CaseIterable {
        case none
        /// A byte for each number, kept in memory beside the full vectors: a quarter of the memory.
        case int8
    }

    /// nil leaves it to the server.
    public var shards: Int?
    public var vectorsAreOnDisk: Bool
    public var quantization: Quantization

    public init(shards: Int? = nil, vectorsAreOnDisk: Bool = false, quantization: Quantization = .none) {
        self.shards = shards
        self.vectorsAreOnDisk = vectorsAreOnDisk
        self.quantization = quantization
    }

    /// Reads the settings of the table above; faults go to the reader.
    public init(_ reader: inout SettingsReader) {
        let shards = reader.integer("OHRA_QDRANT_SHARDS", default: 0, in: 1...1000)
        self.init(
            shards: shards == 0 ? nil : shards,
            vectorsAreOnDisk: reader.boolean("OHRA_QDRANT_ON_DISK", default: false),
            quantization: reader.choice("OHRA_QDRANT_QUANTIZATION", default: .none))
    }

    /// The members of a create request, but for the dense vector's own.
    func writeMembers(to writer: inout JSONWriter, replicas: Int) {
        if let shards { writer.member("shard_number", shards) }
        if replicas > 1 {
            writer.member("replication_factor", replicas)
            // A majority: with reads that ask a majority, too, every read sees every write that succeeded.
            writer.member("write_consistency_factor", replicas / 2 + 1)
        }
        guard quantization == .int8 else { return }
        writer.key("quantization_config")
        writer.object { writer in
            writer.key("scalar")
            writer.object { writer in
                writer.member("type", "int8")
                // Qdrant's advice: the outliers, one number in a hundred, would cost the others their precision.
                writer.key("quantile")
                writer.value(0.99)
                writer.member("always_ram", true)
            }
        }
    }
}
