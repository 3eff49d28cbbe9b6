import Shared

/// Vectors without a model: signed feature hashing of words and n-grams, in-process, deterministic for ever.
///
/// Finds texts that share words or parts of words, in Korean too; knows nothing of meaning. For tests, benchmarks and
/// installations without an embedding server. The model's name carries the version of the method: a change of hash,
/// features or weights needs a new name.
///
/// **Shapes**: `dimension` numbers per text, length 1; a text without any word gives the unit vector along axis 0.
/// **Errors**: none but cancellation. **Cost**: linear; runs on the caller's task, some 30 ms per MB.
///
/// **Source**: Weinberger et al., Feature Hashing for Large Scale Multitask Learning, 2009 (signs keep inner products
/// unbiased); sublinear term frequency 1 + ln(tf) as in Manning et al., Introduction to Information Retrieval, §6.4.1.
public struct HashProvider: EmbeddingProvider {
    public static let defaultDimension = 384
    /// The name of the method; part of the pipeline's fingerprint.
    public static let model = "ngram-v1"

    public let descriptor: EmbeddingDescriptor
    public let understanding = Understanding.nothing

    /// - Parameter dimension: 8…4096, checked by the settings.
    public init(dimension: Int = HashProvider.defaultDimension) {
        precondition(EmbeddingSettings.hashDimensions.contains(dimension), "settings check the dimension")
        descriptor = EmbeddingDescriptor(
            provider: EmbeddingSettings.Provider.hash.rawValue, model: Self.model, dimension: dimension,
            maximumInputsPerRequest: 256)
    }

    @discardableResult
    public func prepare() async throws(EmbeddingError) -> EmbeddingDescriptor { descriptor }

    public func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws(EmbeddingError) -> EmbeddingMatrix {
        let dimension = descriptor.dimension
        var values = [Float](repeating: 0, count: texts.count * dimension)
        var features = TextFeatures()
        for (row, text) in texts.enumerated() {
            guard !Task.isCancelled else { throw EmbeddingError(.cancelled, "cancelled while embedding") }
            values.withUnsafeMutableBufferPointer { values in
                let row = UnsafeMutableBufferPointer(rebasing: values[row * dimension..<(row + 1) * dimension])
                Self.embed(text, with: &features, into: row)
            }
        }
        return EmbeddingMatrix(dimension: dimension, values: values)
    }

    private static func embed(
        _ text: String, with features: inout TextFeatures, into row: UnsafeMutableBufferPointer<Float>
    ) {
        features.count(text)
        let dimension = UInt64(row.count)
        features.drain { feature in
            // The upper half picks the axis without the bias of a remainder, a lower bit the sign.
            let axis = Int(((feature.hash >> 32) * dimension) >> 32)
            let value = feature.weight * SublinearFrequency.of(feature.count)
            row[axis] += feature.hash & 2 == 0 ? value : -value
        }
        guard let scale = VectorNorm.scale(row) else {
            row[0] = 1
            return
        }
        for axis in row.indices { row[axis] = Float(Double(row[axis]) * scale) }
    }
}
