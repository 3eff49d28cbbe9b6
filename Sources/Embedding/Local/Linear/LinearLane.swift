import COneDNN

/// One thread's use of linear layers.
///
/// **Isolation**: the thread that made it. **Ownership**: owns the C object.
final class LinearLane {
    /// What oneDNN keeps for this thread, made when it is first needed.
    private var products: OpaquePointer?

    deinit { ohra_lane_free(products) }

    /// Multiplies `rows` rows; input and output are as the layer's precision has them.
    func apply(_ layer: LinearLayer, rows: Int, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer) {
        let isDone = tryApply(layer, rows: rows, input, output)
        // oneDNN took the shapes when the layer was packed; what is left is a lack of memory, which ends any Swift program.
        precondition(isDone, "oneDNN failed")
    }

    /// - Returns: false when oneDNN refuses.
    func tryApply(
        _ layer: LinearLayer, rows: Int, _ input: UnsafeRawPointer, _ output: UnsafeMutableRawPointer
    ) -> Bool {
        switch layer.weights {
        case .packed(let weights):
            if products == nil { products = ohra_lane_new() }
            return ohra_linear_apply(products, weights, rows, input, output) == 0
        case .plain(let library, let weights):
            library.apply(
                layer.shape, weights, bias: layer.bias, rows: rows, input.assumingMemoryBound(to: Float.self),
                output.assumingMemoryBound(to: Float.self))
            return true
        }
    }
}
