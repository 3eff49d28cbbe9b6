import Logging
import Shared

/// What became of the documents and chunks of one delivery, and what was spared.
struct TransformVolume: Sendable, Equatable {
    /// Documents that were cut.
    var documents = 0
    /// Documents passed over because this version is loaded.
    var skipped = 0
    /// Documents passed over because a newer version is loaded, or they were deleted since.
    var stale = 0
    /// Documents gone to the dead letters.
    var rejected = 0
    /// Texts embedded.
    var embedded = 0
    /// Texts whose vector was taken from Qdrant.
    var reused = 0

    /// Metrics, and one log line where anything was spared.
    func emit(_ logger: Logger) {
        for event in [
            VolumeEvent(stage: .transformer, outcome: .embedded, documents: documents - rejected, vectors: embedded),
            VolumeEvent(stage: .transformer, outcome: .reused, vectors: reused),
            VolumeEvent(stage: .transformer, outcome: .skipped, documents: skipped),
            VolumeEvent(stage: .transformer, outcome: .stale, documents: stale),
            VolumeEvent(stage: .transformer, outcome: .rejected, documents: rejected),
        ] { event.emit(logger) }
        guard skipped + stale + reused > 0 else { return }
        logger.info(
            "Work was spared: Qdrant has it",
            metadata: [
                "documents.skipped": "\(skipped)", "documents.stale": "\(stale)", "vectors.reused": "\(reused)",
                "vectors.embedded": "\(embedded)",
            ])
    }
}
