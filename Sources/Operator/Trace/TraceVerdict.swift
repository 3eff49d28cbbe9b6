import Shared

/// What a trace comes to.
struct TraceVerdict: Sendable, Equatable {
    enum State: String, Sendable {
        /// The newest known state is in the collection, whole.
        case loaded
        /// Gone at the source, and here.
        case deleted
        /// The newest known state is under way.
        case pending
        /// The newest known state is a dead letter.
        case dead
        /// Registry and collection do not agree.
        case inconsistent
        /// Nothing is known of it.
        case unknown
    }

    let state: State
    /// One or two sentences: what is known, and what to do about it.
    let text: String

    init(_ trace: DocumentTrace) {
        let published = trace.journal.map(\.version).max()
        let failed = trace.dead.compactMap(\.version).max()
        let newest = [published, failed].compactMap { $0 }.max()
        if let newest, trace.marker.map({ $0.version < newest }) ?? true {
            self = Self.awaiting(newest, trace)
        } else if let marker = trace.marker {
            self = Self.committed(marker, trace)
        } else if !trace.points.isEmpty {
            self.init(
                .inconsistent,
                "Its points belong to no committed state. `loader audit` tells, `loader audit --repair` mends.")
        } else if let letter = trace.dead.first?.letter {
            self.init(.dead, "It is in a dead letter (\(letter.reason)): `ohra dead show \(letter.id)`.")
        } else {
            self.init(
                .unknown,
                "Nothing is known of it. Ids look like confluence:example.atlassian.net:65609; "
                    + "`ohra search WORDS --json` and the extractor's --dry-run --json print them.")
        }
    }

    private init(_ state: State, _ text: String) {
        self.state = state
        self.text = text
    }

    /// A state that is newer than what is committed.
    private static func awaiting(_ version: DocumentVersion, _ trace: DocumentTrace) -> TraceVerdict {
        if let letter = trace.dead.last(where: { $0.version == version })?.letter {
            return TraceVerdict(
                .dead,
                "Revision \(version.revision) is a dead letter (\(letter.reason)): `ohra dead show \(letter.id)`, "
                    + "and once the cause is mended `ohra dead replay \(letter.id)`.")
        }
        let vectors = trace.journal.filter { $0.stage == .vectors && $0.version == version }
        let embedded = vectors.reduce(into: Set()) { $0.formUnion($1.chunks) }
        let isDeletion = trace.journal.contains { $0.version == version && $0.isDeleted }
        let name = isDeletion ? "The deletion" : "Revision \(version.revision)"
        let progress =
            if let count = vectors.compactMap(\.chunkCount).max() {
                if isDeletion {
                    "\(name) waits for a loader"
                } else {
                    "\(name) waits for a loader: vectors of \(embedded.count) of \(count) chunks are published, "
                        + "\(trace.chunks(of: version)) are in the collection"
                }
            } else {
                "\(name) waits for a transformer"
            }
        return TraceVerdict(
            .pending,
            "\(progress). `ohra status` tells what is queued; if nothing is, "
                + "`ohra replay \(vectors.isEmpty ? "documents" : "vectors") --document \(trace.documentID)` sends it again."
        )
    }

    /// The newest state that is known is committed.
    private static func committed(_ marker: Marker, _ trace: DocumentTrace) -> TraceVerdict {
        let current = ChunkPoint.State(version: marker.version, fingerprint: marker.fingerprint)
        let present = trace.points[current]?.count { (0..<marker.chunkCount).contains($0) } ?? 0
        let others = trace.points.values.reduce(0) { $0 + $1.count } - present
        let repair = "If that stays so, `loader audit --repair` mends it."
        if marker.state == .deleted {
            guard others > 0 else {
                return TraceVerdict(.deleted, "It is gone at the source, and nothing of it is in the collection.")
            }
            return TraceVerdict(
                .inconsistent, "It is gone at the source, but points of it are here: \(others). \(repair)")
        }
        guard present == marker.chunkCount else {
            return TraceVerdict(
                .inconsistent,
                "Revision \(marker.version.revision) is committed, but only \(present) of \(marker.chunkCount) chunks are "
                    + "here. \(repair)")
        }
        guard others == 0 else {
            return TraceVerdict(
                .inconsistent,
                "Revision \(marker.version.revision) is here as a whole, and beside it points of other states: \(others). \(repair)"
            )
        }
        return TraceVerdict(
            .loaded, "Revision \(marker.version.revision) is loaded: \(present) of \(present) chunks are here.")
    }
}
