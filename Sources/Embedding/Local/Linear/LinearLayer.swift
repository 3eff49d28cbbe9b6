import COneDNN
import Shared

/// One linear layer's weights, as the engine wants them.
///
/// `@unchecked Sendable`: the pointer to the C object is what the compiler cannot judge. The thread that makes it packs the
/// weights in `init`; after that nobody writes, and encoder threads only read, each with the state of a call in a ``LinearLane``
/// of its own, as oneDNN wants it. It is freed in `deinit`, when no thread has it any more. **Ownership**: owns the C object.
final class LinearLayer: @unchecked Sendable {
    enum Weights {
        /// Packed by oneDNN for this processor.
        case packed(OpaquePointer)
        /// As the model's file has them.
        case plain(OpenBLAS, Floats)
    }

    /// What a layer takes and gives.
    struct Shape {
        var inputs: Int
        var outputs: Int
        /// Whether a product is added to what the output holds (not with int8).
        var addsToOutput = false
    }

    let shape: Shape
    let bias: Floats
    let weights: Weights

    var inputs: Int { shape.inputs }
    var outputs: Int { shape.outputs }

    /// - Parameters:
    ///   - precision: `fp32` with OpenBLAS.
    ///   - weights: `outputs` rows of `inputs`.
    /// - Returns: nil when there is no memory for it, or oneDNN refuses.
    init?(
        _ engine: LinearEngine, _ shape: Shape, precision: EmbeddingSettings.Precision, weights: Floats, bias: Floats
    ) {
        precondition(weights.values.count == shape.inputs * shape.outputs && bias.values.count == shape.outputs)
        self.shape = shape
        self.bias = bias
        switch engine {
        case .oneDNN:
            let packed = ohra_linear_new(
                precision.library, shape.addsToOutput ? OHRA_ADD : OHRA_PLAIN, shape.outputs, shape.inputs,
                weights.start, bias.start)
            guard let packed else { return nil }
            self.weights = .packed(packed)
        case .openBLAS(let library):
            precondition(precision == .fp32, "settings are checked")
            self.weights = .plain(library, weights)
        }
    }

    deinit { if case .packed(let weights) = weights { ohra_linear_free(weights) } }

    /// int8: what one step of each output's weights is worth, and the sum of its weights in steps.
    var steps: (scales: UnsafePointer<Float>, sums: UnsafePointer<Int32>) {
        guard case .packed(let weights) = weights, let scales = ohra_linear_scales(weights),
            let sums = ohra_linear_sums(weights)
        else {
            preconditionFailure("only int8 layers have steps")
        }
        return (scales, sums)
    }
}
