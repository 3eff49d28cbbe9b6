import FoundationEssentials
import Logging
import Platforms
import Shared

/// One run over one source: reads its scopes, emits what changed, and keeps count.
struct SourceExtraction {
    let source: any DocumentSource
    let options: RunOptions
    let registry: Registry
    let detector: ChangeDetector
    let emitter: DocumentEmitter
    let run: RunIdentity
    let progress: ProgressLine
    let logger: Logger

    /// What reading the source gave.
    struct Result {
        var counts: RunReport.SourceCounts
        var dryRun = DryRunReport()
        /// Some scope was never read to its end before; said once.
        var isFirstRun = false
        /// Scopes that were read to their end.
        var completeScopes: [String] = []
        /// Documents that were new or changed, kept for pruning runs.
        var emitted: Set<String> = []
    }

    private var name: String { type(of: source).name }

    /// Reads all scopes, prunes when asked, and notes the complete ones. Faults of a scope end that scope only.
    ///
    /// - Throws: faults of broker, registry or credentials, which end the run.
    func execute() async throws -> Result {
        var result = Result(counts: RunReport.SourceCounts(source: name))
        try await source.verify()
        let scopes = try await source.scopes()
        result.counts.published = try await emitter.run { emit in
            for group in scopes.chunked(by: type(of: source).scopesPerQuery) {
                do {
                    try await read(group, into: &result, emit)
                    result.completeScopes += group
                } catch let error as SourceError {
                    if error.code == .unauthorized { throw error }
                    let failed = error.scopes.isEmpty ? group : error.scopes
                    result.completeScopes += group.filter { !failed.contains($0) }
                    result.counts.failed += failed.count
                    logger.error(
                        "A scope could not be read to its end",
                        metadata: ["source": "\(name)", "scopes": "\(failed)", "error.detail": "\(error)"])
                }
            }
            if options.prunes { try await readUnseenChanges(into: &result, emit) }
            if options.prunes, result.counts.failed == 0 {
                try await prune(scopes, into: &result, emit)
            } else if options.prunes {
                logger.warning("Nothing is pruned, as the source was not read to its end")
            }
        }
        if !options.isDryRun {
            await FailPoint.reach(.record)
            try await registry.recordRun(
                source: name, instance: source.instance, scopes: result.completeScopes, run: run.id,
                startedAt: run.startedAt)
        }
        return result
    }

    private func read(
        _ scopes: [String], into result: inout Result, _ emit: (DocumentChange) async throws -> Void
    ) async throws {
        let last = try await registry.lastCompleteRun(source: name, instance: source.instance, scopes: scopes)
        let since = options.windowStart(lastComplete: last, now: run.startedAt)
        if last == nil, options.since == nil, !result.isFirstRun {
            result.isFirstRun = true
            logger.notice(
                "First run: only the last 24 hours are read; give --since for everything older",
                metadata: [LogKey.source: "\(name)"])
        }
        for try await page in source.documents(in: scopes, since: since) {
            await FailPoint.reach(.fetch)
            result.counts.listed += page.count
            for decision in try await detector.decide(page, page: run.nextPage()) {
                try await note(decision, in: &result, emit)
            }
            show(result.counts)
        }
    }

    /// Reads what changed unseen in the scopes that were read to their end.
    private func readUnseenChanges(
        into result: inout Result, _ emit: (DocumentChange) async throws -> Void
    ) async throws {
        let changes = UnseenChanges(source: source, registry: registry, emitted: result.emitted)
        for scope in result.completeScopes {
            do {
                for batch in try await changes.ids(in: scope).chunked(by: UnseenChanges.documentsPerRead) {
                    let documents = try await source.documents(ids: batch)
                    result.counts.listed += documents.count
                    for decision in try await detector.decide(documents, page: run.nextPage()) {
                        try await note(decision, in: &result, emit)
                    }
                    show(result.counts)
                }
            } catch let error as SourceError {
                if error.code == .unauthorized { throw error }
                result.counts.failed += 1
                logger.error(
                    "What changed unseen in a scope could not be read",
                    metadata: ["source": "\(name)", "scopes": "\(scope)", "error.detail": "\(error)"])
            }
        }
    }

    private func note(
        _ decision: ChangeDetector.Decision, in result: inout Result,
        _ emit: (DocumentChange) async throws -> Void
    ) async throws {
        let id = decision.change.document.id
        switch decision.verdict {
        case .new:
            result.counts.new += 1
            result.dryRun.new.append(id)
        case .changed:
            result.counts.changed += 1
            result.dryRun.changed.append(id)
        case .same:
            if !decision.isEmitted { result.counts.skipped += 1 }
            result.dryRun.same += 1
        }
        if options.prunes, decision.verdict != .same { result.emitted.insert(id) }
        if decision.isEmitted, !options.isDryRun { try await emit(decision.change) }
    }

    private func show(_ counts: RunReport.SourceCounts) {
        progress.update(completed: counts.listed)
        progress.setCounter("new", counts.new)
        progress.setCounter("changed", counts.changed)
        progress.setCounter("same", counts.skipped)
        progress.setCounter("gone", counts.removed)
    }

    private func prune(
        _ scopes: [String], into result: inout Result, _ emit: (DocumentChange) async throws -> Void
    ) async throws {
        let census = Census(source: source, registry: registry, options: options, logger: logger)
        let plan: Census.Plan
        do {
            plan = try await census.plan(scopes: scopes)
        } catch let error as SourceError {
            result.counts.failed += 1
            logger.error(
                "The census is incomplete, nothing is removed",
                metadata: ["source": "\(name)", "error.detail": "\(error)"])
            return
        }
        result.counts.failed += plan.braked.count
        result.dryRun.gone = plan.gone.map(\.documentID)
        guard !options.isDryRun else { return }
        for marker in plan.gone {
            try await emit(marker.tombstone(by: run))
            result.counts.removed += 1
            show(result.counts)
        }
    }
}

extension Array {
    fileprivate func chunked(by size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
