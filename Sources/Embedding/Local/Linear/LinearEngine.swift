import Shared

/// The library that multiplies rows by the weights of linear layers.
enum LinearEngine: Sendable {
    /// In every precision.
    case oneDNN
    /// In fp32, where oneDNN refuses or is not wanted.
    case openBLAS(OpenBLAS)

    /// An engine, the precision it computes in, and what is to be said about them.
    struct Choice: Sendable {
        var engine = LinearEngine.oneDNN
        let precision: EmbeddingSettings.Precision
        /// nil when all is as usual.
        var notice: String?
    }

    /// - Parameters:
    ///   - wanted: nil for oneDNN, and OpenBLAS where that refuses.
    ///   - precision: nil for the best that loses nothing.
    ///   - library: where OpenBLAS is.
    ///   - accepts: whether oneDNN works in a precision here.
    /// - Throws: ``EmbeddingError`` with code `modelUnusable` when nothing does what is asked for.
    static func choose(
        _ wanted: EmbeddingSettings.Engine?, _ precision: EmbeddingSettings.Precision?,
        library: String = OpenBLAS.library, accepts: (EmbeddingSettings.Precision) -> Bool = Self.oneDNNAccepts
    ) throws(EmbeddingError) -> Choice {
        if wanted == .openblas {
            return Choice(
                engine: .openBLAS(try OpenBLAS(library: library)), precision: .fp32,
                notice: "computed by OpenBLAS in fp32, as OHRA_EMBEDDING_ENGINE says")
        }
        let best = precision ?? .best
        if accepts(best) { return Choice(precision: best) }
        let refusal = "oneDNN refuses \(best.rawValue) on this machine"
        if wanted == .onednn {
            throw EmbeddingError(
                .modelUnusable, "\(refusal); OHRA_EMBEDDING_ENGINE=openblas computes in fp32 without it")
        }
        guard precision == nil || precision == .fp32 else {
            throw EmbeddingError(.modelUnusable, "\(refusal); set OHRA_EMBEDDING_PRECISION=auto to compute without it")
        }
        return Choice(
            engine: .openBLAS(try OpenBLAS(library: library)), precision: .fp32,
            notice: "\(refusal), so OpenBLAS computes in fp32")
    }

    /// Packs a small layer and multiplies by it: whatever oneDNN has against this machine shows.
    static func oneDNNAccepts(_ precision: EmbeddingSettings.Precision) -> Bool {
        let width = 16
        let weights = Floats(count: width * width) { $0 % (width + 1) == 0 ? 1 : 0 }
        let layer = LinearLayer(
            .oneDNN, LinearLayer.Shape(inputs: width, outputs: width), precision: precision, weights: weights,
            bias: Floats(count: width) { _ in 1 })
        guard let layer else { return false }
        // Zeros of any precision, and room for the numbers of any.
        let input = [Float](repeating: 0, count: width * width)
        var output = [Float](repeating: 0, count: width * width)
        return LinearLane().tryApply(layer, rows: width, input, &output)
            && output.allSatisfy { $0 == (precision == .int8 ? 0 : 1) }
    }
}
