import Shared

/// One thread that encodes, one batch after the other.
actor EncoderLane {
    nonisolated let thread: ConnectionThread
    private let weights: EncoderWeights
    private let pooling: ModelFolder.Pooling
    private var pass: EncoderPass?

    /// The dedicated thread: encoding takes tens of milliseconds, which must not hold up the tasks of the pool's threads.
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ weights: EncoderWeights, pooling: ModelFolder.Pooling, number: Int) {
        thread = ConnectionThread(name: "encoder-\(number)")
        self.weights = weights
        self.pooling = pooling
    }

    /// One row per sequence, not normalised; see ``EncoderPass/encode(_:)``.
    func encode(_ sequences: ArraySlice<[Int32]>) -> [Float] {
        let pass = pass ?? EncoderPass(weights, pooling: pooling)
        self.pass = pass
        return pass.encode(sequences)
    }
}
