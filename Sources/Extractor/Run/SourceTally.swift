import Logging
import Shared
import Synchronization

/// What the run over one source has done so far: counted for the report, shown on a terminal, told by log lines elsewhere.
final class SourceTally: Sendable {
    private struct State {
        var counts: RunReport.SourceCounts
        var pages = 0
    }

    private let state: Mutex<State>
    let progress: ProgressLine
    private let logger: Logger

    init(source: String, progress: ProgressLine, logger: Logger) {
        state = Mutex(State(counts: RunReport.SourceCounts(source: source)))
        self.progress = progress
        self.logger = logger
    }

    var counts: RunReport.SourceCounts { state.withLock { $0.counts } }

    func change(_ body: (inout RunReport.SourceCounts) -> Void) {
        let counts = state.withLock { state in
            body(&state.counts)
            return state.counts
        }
        progress.update(completed: counts.listed)
        progress.setCounter("new", counts.new)
        progress.setCounter("changed", counts.changed)
        progress.setCounter("same", counts.same)
        progress.setCounter("published", counts.published)
        if counts.removed > 0 { progress.setCounter("removed", counts.removed) }
        if counts.failed > 0 { progress.setCounter("failed", counts.failed) }
    }

    /// A page came from the source and what was complete of it has been judged.
    func pageRead(documents: Int) {
        let (page, counts) = state.withLock { state in
            state.pages += 1
            return (state.pages, state.counts)
        }
        // On a terminal the live line tells the same.
        logger.log(
            level: progress.isShown ? .debug : .info, "Page read",
            metadata: counts.metadata.merging(["page": "\(page)", LogKey.documentCount: "\(documents)"]) { $1 })
    }
}

extension RunReport.SourceCounts {
    var metadata: Logger.Metadata {
        [
            LogKey.source: "\(source)", "listed": "\(listed)", "new": "\(new)", "changed": "\(changed)",
            "skipped": "\(skipped)", "published": "\(published)", "removed": "\(removed)", "failed": "\(failed)",
        ]
    }
}
