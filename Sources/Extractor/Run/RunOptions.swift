import FoundationEssentials

/// What one run is asked to do.
struct RunOptions: Sendable {
    /// Start of the window; nil = since the last complete run minus an overlap, at least the last 24 hours.
    var since: Date?
    /// `since` was given without a time zone and read as UTC.
    var sinceHadNoZone = false
    /// Emit documents that are loaded already, too.
    var emitsAll = false
    /// List, publish nothing.
    var isDryRun = false
    /// Remove what the source no longer has.
    var prunes = false
    /// Largest share of a scope's documents that pruning may remove.
    var maximumRemovals = 0.2
    /// Remove past that share, too.
    var forces = false

    /// What the source's index may lag behind, and what a clock may differ.
    static let overlap: TimeInterval = 10 * 60
    static let shortestWindow: TimeInterval = 24 * 3600

    /// The start of the window of scopes that were last read completely at `lastComplete`, nil for never.
    func windowStart(lastComplete: Date?, now: Date) -> Date {
        if let since { return since }
        let day = now.addingTimeInterval(-Self.shortestWindow)
        return lastComplete.map { min(day, $0.addingTimeInterval(-Self.overlap)) } ?? day
    }
}
