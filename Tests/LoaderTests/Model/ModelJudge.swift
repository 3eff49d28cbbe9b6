import Shared

/// Looks at the collections of a model and says what is wrong with them.
struct ModelJudge {
    let store: SimulatedQdrant
    let schedule: ModelSchedule

    /// At every moment the state of the largest marker is there completely: no search finds a gap.
    func gap() -> String? {
        for document in schedule.published.keys {
            guard let marker = markers(document).max(by: { Self.version($0) < Self.version($1) }) else { continue }
            let present = points(document).count {
                Self.version($0) == Self.version(marker) && $0["fingerprint"]?.string == marker["fingerprint"]?.string
            }
            let expected = schedule.chunkCount(document, Self.version(marker))
            if present != expected {
                return "\(document) shows \(present) points of its committed state, not \(expected ?? -1)"
            }
        }
        return nil
    }

    /// What is wrong once all messages are acknowledged.
    func faultAtTheEnd() -> String? {
        for (document, states) in schedule.published {
            guard let newest = states.max(by: { $0.version < $1.version }) else { continue }
            let markers = markers(document)
            guard markers.count == 1, Self.version(markers[0]) == newest.version else {
                return "\(document) has markers \(markers.map(Self.version)), newest is \(newest.version)"
            }
            let points = points(document)
            guard
                points.compactMap({ $0["chunk_index"]?.int }).sorted() == Array(0..<newest.chunkCount),
                points.allSatisfy({
                    Self.version($0) == newest.version
                        && $0["fingerprint"]?.string == markers[0]["fingerprint"]?.string
                })
            else {
                return "\(document) has \(points.count) points, \(newest.chunkCount) belong to its newest state"
            }
        }
        return nil
    }

    private func markers(_ document: String) -> [JSONElement] {
        store.payloads(in: "c_registry").filter { $0["document_id"]?.string == document }
    }

    private func points(_ document: String) -> [JSONElement] {
        store.payloads(in: "c").filter { $0["document_id"]?.string == document }
    }

    private static func version(_ payload: JSONElement) -> DocumentVersion {
        DocumentVersion(revision: payload["revision"]?.int ?? -1, epoch: payload["epoch"]?.int ?? -1)
    }
}
