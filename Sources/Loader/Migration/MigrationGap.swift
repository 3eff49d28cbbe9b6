import Shared

/// What the next collection lacks of what the current one holds.
struct MigrationGap: Sendable {
    /// Documents of the current collection that were compared, deleted ones among them.
    private(set) var documents = 0
    /// Documents that are not in the next collection, or in an older state.
    private(set) var behind = 0
    /// Some of them.
    private(set) var examples: [String] = []

    private static let exampleCount = 5

    mutating func compare(_ current: Marker, with next: Marker?) {
        documents += 1
        guard !Self.isUpToDate(next, with: current) else { return }
        behind += 1
        if examples.count < Self.exampleCount { examples.append(current.documentID) }
    }

    /// Epochs are the times of runs, and the two collections have been loaded by different ones; so documents of the same
    /// revision are also compared by their version keys.
    private static func isUpToDate(_ next: Marker?, with current: Marker) -> Bool {
        guard let next else { return current.state == .deleted }
        if next.version >= current.version { return true }
        return next.version.revision == current.version.revision && next.state == current.state
            && next.versionKey == current.versionKey
    }
}
