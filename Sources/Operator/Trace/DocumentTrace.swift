import Shared

/// Where one document is, as far as registry, collection, journal and dead letters tell.
struct DocumentTrace: Sendable {
    /// A dead letter with the document in it.
    struct Dead: Sendable {
        let letter: Letter
        /// The state that failed; nil when the body cannot be read.
        let version: DocumentVersion?
    }

    let documentID: String
    /// The oldest first.
    var journal: [Sighting] = []
    /// The first message the journal holds of any document.
    var journalBegin: Timestamp?
    var dead: [Dead] = []
    /// The newest first.
    var commits: [Commit] = []
    /// Chunks in the collection by the state they are of.
    var points: [ChunkPoint.State: Set<Int>] = [:]

    /// The marker that counts.
    var marker: Marker? { commits.first?.marker }

    mutating func note(_ sighting: Sighting) {
        // Messages of one state come together, so the fitting entry is among the last.
        for index in journal.indices.reversed() where journal[index].join(sighting) { return }
        journal.append(sighting)
    }

    /// Chunks of a state in the collection, of whatever pipeline.
    func chunks(of version: DocumentVersion) -> Int {
        points.filter { $0.key.version == version }.values.map(\.count).max() ?? 0
    }
}
