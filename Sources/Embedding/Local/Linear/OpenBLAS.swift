import Glibc

/// The matrix product of OpenBLAS, whose library is opened when it is wanted.
///
/// **Isolation**: any thread, up to ``maximumThreads`` at once; a product is computed by the thread that asks for it.
/// Source: http://www.openmathlib.org/OpenBLAS/docs/ and https://www.netlib.org/blas/ (sgemm)
struct OpenBLAS: Sendable {
    static let library = "libopenblas.so.0"
    /// Threads that Debian's build has room for; it crashes the program when far more of them multiply at once.
    static let maximumThreads = 64
    private static let package = "libopenblas0-pthread"

    private typealias Multiply =
        @convention(c) (
            _ order: CInt, _ left: CInt, _ right: CInt, _ rows: CInt, _ outputs: CInt, _ inputs: CInt, _ alpha: Float,
            UnsafePointer<Float>, CInt, UnsafePointer<Float>, CInt, _ beta: Float, UnsafeMutablePointer<Float>, CInt
        ) -> Void
    private let multiply: Multiply

    // Of CBLAS: rows lie one after the other; a matrix as it lies there, or turned.
    private static let rowMajor: CInt = 101
    private static let asItIs: CInt = 111
    private static let turned: CInt = 112

    /// Opens the library and keeps it open until the process ends.
    ///
    /// - Throws: ``EmbeddingError`` with code `modelUnusable` when it cannot be opened, or is a build that does not keep to
    ///   the isolation above.
    init(library: String = Self.library) throws(EmbeddingError) {
        guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
            throw Self.fault("OpenBLAS cannot be opened (\(dlerror().map { String(cString: $0) } ?? library))")
        }
        guard let multiply = dlsym(handle, "cblas_sgemm"), let kind = dlsym(handle, "openblas_get_parallel"),
            let setThreads = dlsym(handle, "openblas_set_num_threads")
        else {
            throw Self.fault("\(library) is no OpenBLAS")
        }
        // 0 is the build for programs of one thread, which promises no locks; 2 the one with OpenMP, whose number of threads
        // counts only for the thread that sets it: all others would have a team for each product.
        guard unsafeBitCast(kind, to: (@convention(c) () -> CInt).self)() == 1 else {
            throw Self.fault("\(library) is another build of OpenBLAS than the one with threads of its own")
        }
        // One batch for each core, and no team for each product.
        unsafeBitCast(setThreads, to: (@convention(c) (CInt) -> Void).self)(1)
        self.multiply = unsafeBitCast(multiply, to: Multiply.self)
    }

    private static func fault(_ text: String) -> EmbeddingError {
        EmbeddingError(.modelUnusable, "\(text); install Debian's \(package)")
    }

    /// output (rows × outputs) = input (rows × inputs) times the weights (outputs × inputs), plus bias; or is increased by that.
    func apply(
        _ shape: LinearLayer.Shape, _ weights: Floats, bias: Floats, rows: Int, _ input: UnsafePointer<Float>,
        _ output: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            let line = output + row * shape.outputs
            if shape.addsToOutput {
                for index in 0..<shape.outputs { line[index] += bias.start[index] }
            } else {
                line.update(from: bias.start, count: shape.outputs)
            }
        }
        multiply(
            Self.rowMajor, Self.asItIs, Self.turned, CInt(rows), CInt(shape.outputs), CInt(shape.inputs), 1, input,
            CInt(shape.inputs), weights.start, CInt(shape.inputs), 1, output, CInt(shape.outputs))
    }
}
