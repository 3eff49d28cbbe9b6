import FoundationEssentials
import Synchronization

/// Name and start of one run, and the count of its batches.
final class RunIdentity: Sendable {
    /// Sortable by start: `20261123T091500Z-1a2b3c`.
    let id: String
    let startedAt: Date
    private let batches = Atomic(0)

    init(startedAt: Date = .now) {
        self.startedAt = startedAt
        let stamp = startedAt.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        id = "\(stamp)-\(UUID().uuidString.prefix(6).lowercased())"
    }

    var startInMilliseconds: Int { Int(startedAt.timeIntervalSince1970 * 1000) }

    /// A number that each batch of the run gets once, from 0.
    func nextBatch() -> Int { batches.wrappingAdd(1, ordering: .relaxed).oldValue }
}
