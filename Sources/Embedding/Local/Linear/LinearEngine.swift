import Shared

/// The library that multiplies rows by the weights of linear layers.
enum LinearEngine: Sendable {
    /// In every precision.
    case oneDNN
    /// In fp32, where oneDNN refuses or is not wanted.
    case openBLAS(OpenBLAS)

    /// Threads that may multiply at once; nil for any number.
    var maximumThreads: Int? { if case .openBLAS = self { OpenBLAS.maximumThreads } else { nil } }

    /// An engine, the precision it computes in, and which they are and why, in words.
    struct Choice: Sendable {
        var engine = LinearEngine.oneDNN
        let precision: EmbeddingSettings.Precision
        let notice: String
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
            guard precision == nil || precision == .fp32 else {
                throw EmbeddingError(
                    .modelUnusable, "OpenBLAS computes in fp32 only; set OHRA_EMBEDDING_PRECISION=fp32")
            }
            return Choice(
                engine: .openBLAS(try OpenBLAS(library: library)), precision: .fp32,
                notice: "computed by OpenBLAS in fp32, as OHRA_EMBEDDING_ENGINE says")
        }
        let best = precision ?? .best
        if accepts(best) {
            let reason = wanted == nil ? "" : ", as OHRA_EMBEDDING_ENGINE says"
            return Choice(precision: best, notice: "computed by oneDNN in \(best.rawValue)\(reason)")
        }
        let refusal = "oneDNN refuses \(best.rawValue) on this machine"
        if wanted == .onednn {
            throw EmbeddingError(
                .modelUnusable, "\(refusal); OHRA_EMBEDDING_ENGINE=openblas computes in fp32 without it")
        }
        guard precision == nil || precision == .fp32 else {
            throw EmbeddingError(.modelUnusable, "\(refusal); set OHRA_EMBEDDING_PRECISION=auto to compute without it")
        }
        do throws(EmbeddingError) {
            return Choice(
                engine: .openBLAS(try OpenBLAS(library: library)), precision: .fp32,
                notice: "\(refusal), so OpenBLAS computes in fp32")
        } catch {
            throw EmbeddingError(.modelUnusable, "\(refusal), and \(error.message)")
        }
    }

    /// Packs a small layer of either kind and multiplies by it: whatever oneDNN has against this machine shows.
    static func oneDNNAccepts(_ precision: EmbeddingSettings.Precision) -> Bool {
        [false, true].allSatisfy { accepts(precision, addsToOutput: $0) }
    }

    private static func accepts(_ precision: EmbeddingSettings.Precision, addsToOutput: Bool) -> Bool {
        let width = 16
        let weights = Floats(count: width * width) { $0 % (width + 1) == 0 ? 1 : 0 }
        let layer = LinearLayer(
            .oneDNN, LinearLayer.Shape(inputs: width, outputs: width, addsToOutput: addsToOutput),
            precision: precision, weights: weights, bias: Floats(count: width) { _ in 1 })
        guard let layer else { return false }
        // Zeros of any precision, and room for the numbers of any.
        let input = [Float](repeating: 0, count: width * width)
        var output = [Float](repeating: 0, count: width * width)
        return LinearLane().tryApply(layer, rows: width, input, &output)
            && output.allSatisfy { $0 == (precision == .int8 ? 0 : 1) }
    }
}
