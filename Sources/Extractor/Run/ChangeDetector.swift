import Shared

/// Decides which documents must be loaded, by what the registry holds of them.
struct ChangeDetector: Sendable {
    let registry: Registry
    /// The pipeline that the transformers announced; nil while none has, and then everything is emitted.
    let fingerprint: String?
    /// `--full`: emit what is loaded already, too.
    let emitsAll: Bool
    /// The run's start in ms since 1970, the smallest epoch it gives.
    let runStart: Int

    enum Verdict: Sendable, Equatable {
        case new
        case changed
        case same
    }

    /// One document with what is to be done with it.
    struct Decision: Sendable {
        let change: DocumentChange
        let verdict: Verdict
        /// Whether it is to be published; with `--full` also when it is the same.
        let isEmitted: Bool
    }

    /// Looks a batch of documents up with one request and judges each; a document that comes twice is judged once, the
    /// newer revision winning. Nothing given: no request.
    ///
    /// - Parameter batch: the batch's number within the run. It is added to the epoch, so that a document that a drifting
    ///   listing brings again in a later batch (perhaps with a new comment, at equal revision) counts as newer. A batch takes
    ///   more than a millisecond, so epochs never run ahead of the clock.
    func decide(_ documents: [Document], batch: Int) async throws(QdrantError) -> [Decision] {
        var newest: [String: Document] = [:]
        for document in documents where document.revision >= newest[document.id]?.revision ?? 0 {
            newest[document.id] = document
        }
        let known = try await registry.latestMarkers(of: Array(newest.keys))
        var decisions: [Decision] = []
        for document in documents {
            guard let document = newest.removeValue(forKey: document.id) else { continue }
            let marker = known[document.id]
            let verdict = verdict(document, marker)
            // Larger than any epoch known, so that a clock set back does no harm.
            let epoch = max(runStart + batch, marker.map { $0.version.epoch + 1 } ?? 0)
            decisions.append(
                Decision(
                    change: DocumentChange(document: document, epoch: epoch), verdict: verdict,
                    isEmitted: emitsAll || verdict != .same))
        }
        return decisions
    }

    private func verdict(_ document: Document, _ marker: Marker?) -> Verdict {
        guard let marker, marker.state == .loaded else { return .new }
        let isSame =
            marker.versionKey == document.versionKey && fingerprint != nil && marker.fingerprint == fingerprint
        return isSame ? .same : .changed
    }
}
