import COneDNN
import Shared

/// One linear layer's weights, packed for this processor.
///
/// `@unchecked Sendable`: the pointer to the C object is what the compiler cannot judge. The thread that makes it packs the
/// weights in `init`; after that nobody writes, and encoder threads only read, each with the state of a call in a ``LinearLane``
/// of its own, as oneDNN wants it. It is freed in `deinit`, when no thread has it any more. **Ownership**: owns the C object.
final class LinearLayer: @unchecked Sendable {
    let inputs: Int
    let outputs: Int
    let bias: Floats
    fileprivate let handle: OpaquePointer

    /// - Parameters:
    ///   - weights: `outputs` rows of `inputs`; copied.
    ///   - addsToOutput: whether a product is added to what the output holds (not with int8).
    /// - Returns: nil when there is no memory for it.
    init?(
        precision: EmbeddingSettings.Precision, inputs: Int, outputs: Int, weights: Floats, bias: Floats,
        addsToOutput: Bool
    ) {
        precondition(weights.values.count == inputs * outputs && bias.values.count == outputs, "shapes are checked")
        let handle = ohra_linear_new(
            precision.library, addsToOutput ? OHRA_ADD : OHRA_PLAIN, outputs, inputs, weights.start, bias.start)
        guard let handle else { return nil }
        self.handle = handle
        self.inputs = inputs
        self.outputs = outputs
        self.bias = bias
    }

    deinit { ohra_linear_free(handle) }

    /// int8: what one step of each output's weights is worth, and the sum of its weights in steps.
    var steps: (scales: UnsafePointer<Float>, sums: UnsafePointer<Int32>) {
        guard let scales = ohra_linear_scales(handle), let sums = ohra_linear_sums(handle) else {
            preconditionFailure("only int8 layers have steps")
        }
        return (scales, sums)
    }
}

/// One thread's use of linear layers.
///
/// **Isolation**: the thread that made it. **Ownership**: owns the C object.
final class LinearLane {
    private let handle: OpaquePointer

    /// Makes a lane for the calling thread; nil when there is no memory for it.
    init?() {
        guard let handle = ohra_lane_new() else { return nil }
        self.handle = handle
    }

    deinit { ohra_lane_free(handle) }

    /// Multiplies `rows` rows; input and output are as the layer's precision has them.
    func apply(_ layer: LinearLayer, rows: Int, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer) {
        let status = ohra_linear_apply(handle, layer.handle, rows, input, output)
        // Shapes were accepted when the layer was packed; what is left is a lack of memory, which ends any Swift program.
        precondition(status == 0, "oneDNN failed with status \(status)")
    }
}
