import Shared
import Synchronization

/// Pages that the server cannot give even one by one. A listing goes on without them and is incomplete at its end: one page that
/// always ends in a time-out must not hide all that come after it.
final class UnreadablePages: Sendable {
    /// With more than these it is not the pages that are at fault.
    private static let most = 20

    private let found = Mutex<[(id: String, error: SourceError)]>([])

    func contains(_ id: String) -> Bool { found.withLock { $0.contains { $0.id == id } } }

    /// - Throws: when there are too many.
    func add(_ id: String, _ error: SourceError) throws(SourceError) {
        let count = found.withLock { found in
            found.append((id, error))
            return found.count
        }
        if count > Self.most { try check() }
    }

    /// - Throws: when there are any.
    func check() throws(SourceError) {
        let found = found.withLock { $0 }
        guard let first = found.first else { return }
        let ids = found.prefix(5).map(\.id).joined(separator: ", ") + (found.count > 5 ? " …" : "")
        var error = SourceError(first.error.code, "\(first.error.message); unreadable: \(ids)")
        error.mayBeTooHeavy = true
        throw error
    }
}
