import Logging
import Platforms
import Shared

/// What `--prune` adds to a run: changes that no search shows, and documents that are gone.
extension SourceExtraction {
    /// Reads what changed unseen in the scopes that were read to their end. False when the run is to stop.
    func readUnseenChanges(
        into result: inout Result, _ emit: (DocumentChange) async throws -> Void
    ) async throws -> Bool {
        let changes = UnseenChanges(source: source, registry: registry, stop: stop, emitted: result.emitted)
        for scope in result.completeScopes {
            do {
                for ids in try await changes.ids(in: scope).chunked(by: UnseenChanges.documentsPerRead) {
                    let documents = try await stop.unlessStopped { try await source.documents(ids: ids) }
                    tally.change { $0.listed += documents.count }
                    try await decide(documents, into: &result, emit)
                }
            } catch let error as SourceError {
                tally.change { $0.failed += 1 }
                if let fault = await faultOfSource(error) {
                    result.failure = fault
                    return false
                }
                logger.error(
                    "What changed unseen in a scope could not be read",
                    metadata: [LogKey.source: "\(name)", "scopes": "\(scope)", LogKey.errorDetail: "\(error)"])
            } catch is StopSignal.Stopped {
                tally.change { $0.failed += 1 }
                return false
            }
        }
        return true
    }

    func prune(
        _ scopes: [String], into result: inout Result, _ emit: (DocumentChange) async throws -> Void
    ) async throws {
        if options.forces {
            logger.warning(
                "--force: whatever is missing at the source will be removed, --max-removals does not hold",
                metadata: [LogKey.source: "\(name)"])
        }
        let findings: [(name: String, loaded: Int, gone: [Marker])]
        do {
            findings = try await withProgress("\(name) census", unit: "ids") { progress in
                try await Census(source: source, registry: registry, stop: stop, progress: progress).findings(scopes)
            }
        } catch let error as SourceError {
            tally.change { $0.failed += 1 }
            return logger.error(
                "The census is incomplete, nothing is removed",
                metadata: [LogKey.source: "\(name)", LogKey.errorDetail: "\(error)"])
        } catch is StopSignal.Stopped {
            return tally.change { $0.failed += 1 }
        }
        try await tellWhatIsLeft(besides: scopes)
        let plan = RemovalPlan(findings, limit: options.maximumRemovals, forces: options.forces)
        tell(plan)
        tally.change { $0.failed += plan.heldBack.count }
        result.dryRun.gone = plan.removals.map(\.documentID)
        result.dryRun.hasCensus = true
        guard !options.isDryRun else { return }
        for marker in plan.removals {
            try await emit(marker.tombstone(by: run))
            tally.change { $0.removed += 1 }
        }
    }

    /// A space or project that is not seen or not configured any more looks the same as one that never was.
    private func tellWhatIsLeft(besides scopes: [String]) async throws {
        let counts = try await registry.loadedCounts(sourceType: name, instance: source.instance, outside: scopes)
        guard !counts.isEmpty else { return }
        let names = counts.keys.sorted()
        logger.notice(
            "Documents of scopes that are not read now stay loaded; docs/OPERATIONS.md, Prune, says what to do with them",
            metadata: [
                LogKey.source: "\(name)", "count": "\(counts.values.reduce(0, +))",
                "scopes": "\(names.prefix(20).joined(separator: ", "))\(names.count > 20 ? ", …" : "")",
            ])
    }

    /// The plan before anything of it is done.
    private func tell(_ plan: RemovalPlan) {
        let streams = StandardStreams.shared
        if streams.errorTerminal.isInteractive, let table = plan.text(for: streams.errorTerminal) {
            for line in table.split(separator: "\n") { streams.writeErrorLine(String(line)) }
        }
        for scope in plan.scopes {
            let isHeldBack = scope.isPastLimit && !plan.forces
            logger.log(
                level: isHeldBack ? .error : scope.isPastLimit ? .warning : .notice,
                isHeldBack
                    ? "More is gone than --max-removals allows, nothing is removed here; check the source, then use --force"
                    : "Documents gone at the source will be removed",
                metadata: [
                    LogKey.source: "\(name)", LogKey.scope: "\(scope.name)", "gone": "\(scope.gone.count)",
                    "loaded": "\(scope.loaded)", "limit": "\(RemovalPlan.percent(plan.limit))",
                ])
        }
    }
}
