import Logging
import Shared

/// What loading a group came to.
struct LoadReport: Sendable, Equatable {
    /// Points that were sent.
    var written = 0
    /// Points that were there already with the same content, and were not sent again.
    var spared = 0
    /// Documents that became complete and got their marker.
    var committed = 0
    /// Documents of which a newer version is loaded.
    var overtaken = 0

    func emit(_ logger: Logger) {
        VolumeEvent(stage: .loader, outcome: .loaded, documents: committed, vectors: written).emit(logger)
        VolumeEvent(stage: .loader, outcome: .unchanged, vectors: spared).emit(logger)
        VolumeEvent(stage: .loader, outcome: .stale, documents: overtaken).emit(logger)
    }
}
