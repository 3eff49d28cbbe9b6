import Crypto
public import Shared

/// The identity of everything that decides what a document's points look like.
///
/// Two pipelines with the same fingerprint make the same chunks and comparable vectors, so their points may stand in one
/// collection and a vector of the one may be reused by the other (DESIGN §6).
///
/// **Form**: the first 16 hex digits of SHA-256 over the values of ``parts`` in their order, joined by U+001F.
public struct PipelineFingerprint: Sendable, Hashable, CustomStringConvertible {
    /// One setting that is part of the identity.
    public struct Part: Sendable, Hashable {
        /// A name from ``names``.
        public let name: String
        public let value: String
    }

    /// The parts' names, in the order in which they are digested.
    public static let names = [
        "converter_version", "chunk_strategy", "chunk_size", "chunk_overlap", "embedding_provider", "embedding_model",
        "embedding_dimension", "sparse",
    ]

    public let parts: [Part]
    /// 16 lower-case hex digits.
    public let value: String

    /// - Parameters:
    ///   - converterVersion: of the code that makes Markdown of a source's format.
    ///   - embedding: of a prepared provider, so that its dimension is known.
    ///   - sparse: whether chunks get a sparse vector.
    public init(
        converterVersion: String, chunks: ChunkSettings, embedding: EmbeddingDescriptor,
        sparse: SparseSettings = SparseSettings()
    ) {
        self.init(values: [
            converterVersion, chunks.strategy.rawValue, String(chunks.sizeInScalars), String(chunks.overlapInScalars),
            embedding.provider, embedding.model, String(embedding.dimension),
            sparse.isOn ? SparseEncoder.method : Self.noSparse,
        ])
    }

    /// A fingerprint as another process announced it; nil when a part is missing.
    public init?(parts: [String: String]) {
        let values = Self.names.compactMap { parts[$0] }
        guard values.count == Self.names.count else { return nil }
        self.init(values: values)
    }

    /// The part `sparse` of a pipeline that makes dense vectors only.
    public static let noSparse = "none"

    private init(values: [String]) {
        parts = zip(Self.names, values).map { Part(name: $0, value: $1) }
        let digest = SHA256.hash(data: Array(values.joined(separator: "\u{1F}").utf8))
        value = digest.prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The settings in which two pipelines differ, each with both values; empty when they are the same.
    public func differences(from other: PipelineFingerprint) -> [(name: String, value: String, other: String)] {
        zip(parts, other.parts).filter { $0 != $1 }.map { ($0.name, $0.value, $1.value) }
    }

    public var description: String { value }
}
