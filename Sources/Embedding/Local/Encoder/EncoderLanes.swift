import Synchronization

/// The lanes of a process: work goes to one that is idle, and waits in line while none is.
final class EncoderLanes: Sendable {
    private struct Line {
        var idle: [EncoderLane]
        var waiting: [CheckedContinuation<EncoderLane, Never>] = []
    }

    let count: Int
    private let line: Mutex<Line>

    /// - Parameter count: threads; at least 1.
    init(_ weights: EncoderWeights, pooling: ModelFolder.Pooling, count: Int) {
        self.count = max(1, count)
        line = Mutex(Line(idle: (1...max(1, count)).map { EncoderLane(weights, pooling: pooling, number: $0) }))
    }

    /// Encodes on the next idle lane.
    func encode(_ sequences: ArraySlice<[Int32]>) async throws(EmbeddingError) -> [Float] {
        let lane = await take()
        defer { giveBack(lane) }
        guard !Task.isCancelled else { throw EmbeddingError(.cancelled, "cancelled while embedding") }
        return await lane.encode(sequences)
    }

    private func take() async -> EncoderLane {
        await withCheckedContinuation { continuation in
            let lane: EncoderLane? = line.withLock { line in
                if let lane = line.idle.popLast() { return lane }
                line.waiting.append(continuation)
                return nil
            }
            if let lane { continuation.resume(returning: lane) }
        }
    }

    private func giveBack(_ lane: EncoderLane) {
        let next: CheckedContinuation<EncoderLane, Never>? = line.withLock { line in
            if line.waiting.isEmpty {
                line.idle.append(lane)
                return nil
            }
            return line.waiting.removeFirst()
        }
        next?.resume(returning: lane)
    }
}
