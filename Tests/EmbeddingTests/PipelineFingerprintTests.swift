import Embedding
import Shared
import Testing

@Suite struct PipelineFingerprintTests {
    private func fingerprint(
        size: Int = 1500, overlap: Int = 300, model: String = "bge-m3", dimension: Int = 1024, sparse: Bool = true
    ) throws -> PipelineFingerprint {
        PipelineFingerprint(
            converterVersion: "1", chunks: try ChunkSettings(sizeInScalars: size, overlapInScalars: overlap),
            embedding: EmbeddingDescriptor(
                provider: "openai", model: model, dimension: dimension, maximumInputsPerRequest: 64),
            sparse: SparseSettings(isOn: sparse))
    }

    /// `printf '1\x1frecursive\x1f1500\x1f300\x1fopenai\x1fbge-m3\x1f1024\x1fbm25-v1' | sha256sum | cut -c1-16`
    @Test func valueIsThePublishedDigest() throws {
        #expect(try fingerprint().value == "daab05b0c5535617")
    }

    @Test func everyPartCounts() throws {
        let base = try fingerprint()
        #expect(try fingerprint() == base)
        #expect(try fingerprint(size: 1501).value != base.value)
        #expect(try fingerprint(size: 150, overlap: 30).value != base.value)
        #expect(try fingerprint(model: "bge-m4").value != base.value)
        #expect(try fingerprint(dimension: 384).value != base.value)
        #expect(try fingerprint(sparse: false).value != base.value)
    }

    @Test func differencesAreNamed() throws {
        let differences = try fingerprint().differences(from: fingerprint(size: 1000, model: "e5"))
        #expect(differences.map(\.name) == ["chunk_size", "embedding_model"])
        #expect(differences.map(\.value) == ["1500", "bge-m3"] && differences.map(\.other) == ["1000", "e5"])
        #expect(try fingerprint().differences(from: fingerprint()).isEmpty)
    }

    @Test func partsBuildTheSameFingerprintAgain() throws {
        let fingerprint = try fingerprint()
        var parts = Dictionary(uniqueKeysWithValues: fingerprint.parts.map { ($0.name, $0.value) })
        #expect(PipelineFingerprint(parts: parts) == fingerprint)
        parts["chunk_size"] = nil
        #expect(PipelineFingerprint(parts: parts) == nil)
    }
}
