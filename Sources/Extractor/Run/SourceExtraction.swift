import FoundationEssentials
import Logging
import Platforms
import Shared

/// One run over one source: reads its scopes, emits what changed, prunes when asked, and keeps count.
///
/// Faults of the source end a scope or the source, never the run; what was read before is published all the same.
struct SourceExtraction: Sendable {
    let source: any DocumentSource
    let options: RunOptions
    let registry: Registry
    let detector: ChangeDetector
    let emitter: DocumentEmitter
    let run: RunIdentity
    let stop: StopSignal
    let tally: SourceTally
    let logger: Logger

    /// What reading the source gave, beside the tally.
    struct Result: Sendable {
        var dryRun = DryRunReport()
        /// What ended the whole source.
        var failure: SourceError?
        /// Scopes that were read to their end.
        var completeScopes: [String] = []
        /// Documents that were new or changed; kept by a pruning run only.
        var emitted: Set<String> = []
    }

    /// Scopes that are read together, and from when.
    private struct Window {
        let scopes: [String]
        let since: Date
        /// Part of a group that could not be read together.
        var isPart = false

        var parts: [Window] { scopes.map { Window(scopes: [$0], since: since, isPart: true) } }
    }

    /// Parts of a group that find the source unavailable in a row, before the rest of the group is given up.
    private static let patience = 2

    var name: String { type(of: source).name }

    /// Reads all scopes, prunes when asked, and notes the complete ones.
    ///
    /// - Throws: faults of broker and registry, which end the run.
    func execute() async throws -> Result {
        var result = Result()
        do {
            try await stop.unlessStopped { try await source.verify() }
            let scopes = try await stop.unlessStopped { try await source.scopes() }
            let windows = try await windows(scopes)
            await estimate(windows)
            try await emitter.run { count in
                tally.change { $0.published += count }
            } changes: { emit in
                try await work(windows, into: &result, emit)
            }
        } catch let error as SourceError {
            result.failure = error
            tally.change { $0.failed += 1 }
        } catch is StopSignal.Stopped {
            tally.change { $0.failed += 1 }
        }
        if !options.isDryRun {
            await FailPoint.reach(.record)
            try await registry.recordRun(
                source: name, instance: source.instance, scopes: result.completeScopes, run: run.id,
                startedAt: run.startedAt)
        }
        return result
    }

    /// Scopes that were read before and new ones never share a window: its start is the earliest that one of them needs, and of
    /// a new one nobody knows it.
    private func windows(_ scopes: [String]) async throws -> [Window] {
        let last = try await registry.lastCompleteRuns(source: name, instance: source.instance, scopes: scopes)
        let new = scopes.filter { last[$0] == nil }
        if !new.isEmpty, options.since == nil {
            logger.notice(
                "First run: only the last 24 hours are read; give --since for everything older",
                metadata: [
                    LogKey.source: "\(name)", "count": "\(new.count)",
                    "scopes": "\(new.prefix(20).joined(separator: ", "))",
                ])
        }
        // Those that are equally far behind together, so that no window reaches back further than it must.
        let known = scopes.filter { last[$0] != nil }.sorted { last[$0] ?? .now < last[$1] ?? .now }
        return (known.chunked(by: type(of: source).scopesPerQuery) + new.chunked(by: type(of: source).scopesPerQuery))
            .map { group in
                let earliest = group.compactMap { last[$0] }.min()
                return Window(scopes: group, since: options.windowStart(lastComplete: earliest, now: run.startedAt))
            }
    }

    /// Tells the progress line how much is to come, where the source knows and somebody looks. A guess is no reason to fail.
    private func estimate(_ windows: [Window]) async {
        guard tally.progress.isShown, let source = source as? any CountedSource else { return }
        var total = 0
        for window in windows {
            guard
                let count = try? await stop.unlessStopped({
                    try await source.count(in: window.scopes, since: window.since)
                })
            else { return }
            total += count
        }
        tally.progress.setTotal(total)
    }

    /// Faults of scopes are counted and told here, so that what they gave before is still published.
    private func work(
        _ windows: [Window], into result: inout Result, _ emit: (DocumentChange) async throws -> Void
    ) async throws {
        var queue = windows[...]
        var unavailable = 0
        while let window = queue.popFirst() {
            do {
                try await read(window, into: &result, emit)
                result.completeScopes += window.scopes
                unavailable = 0
            } catch let error as SourceError {
                if let fault = await faultOfSource(error) {
                    tally.change { $0.failed += window.scopes.count }
                    result.failure = fault
                    return
                }
                if window.scopes.count > 1, error.mayConcernOneScope {
                    logger.warning(
                        "Some scope cannot be read; the scopes of its group are read one by one",
                        metadata: [LogKey.source: "\(name)", LogKey.errorDetail: "\(error)"])
                    queue = (window.parts + queue)[...]
                    continue
                }
                var scopes = window.scopes
                unavailable = window.isPart && error.code == .unavailable ? unavailable + 1 : 0
                if unavailable == Self.patience {
                    while queue.first?.isPart == true { scopes += queue.removeFirst().scopes }
                    unavailable = 0
                }
                tally.change { $0.failed += scopes.count }
                logger.error(
                    "A scope could not be read to its end",
                    metadata: [LogKey.source: "\(name)", "scopes": "\(scopes)", LogKey.errorDetail: "\(error)"])
            } catch is StopSignal.Stopped {
                let scopes = windows.flatMap(\.scopes)
                return tally.change { $0.failed += scopes.count - result.completeScopes.count - $0.failed }
            }
        }
        guard options.prunes else { return }
        guard try await readUnseenChanges(into: &result, emit) else { return }
        guard tally.counts.failed == 0 else {
            return logger.warning(
                "Nothing is pruned, as the source was not read to its end", metadata: [LogKey.source: "\(name)"])
        }
        try await prune(result.completeScopes.sorted(), into: &result, emit)
    }

    /// The fault that ends the whole source; nil when it is that of a scope.
    ///
    /// A site that hangs would take its time with every scope. One that still knows us has trouble with this one alone.
    func faultOfSource(_ error: SourceError) async -> SourceError? {
        if error.code == .unauthorized { return error }
        guard error.isSilent else { return nil }
        logger.warning(
            "No answer; the site is asked whether it is there at all",
            metadata: [LogKey.source: "\(name)", LogKey.errorDetail: "\(error)"])
        do {
            try await stop.unlessStopped { try await source.verify() }
            return nil
        } catch {
            // A stop ends the next read as well.
            return error as? SourceError
        }
    }

    private func read(
        _ window: Window, into result: inout Result, _ emit: (DocumentChange) async throws -> Void
    ) async throws {
        let pages = source.documents(in: window.scopes, since: window.since)
        var pending = PendingDocuments()
        var failure: (any Error)?
        do {
            while let page = try await nextPage(of: pages) {
                tally.change { $0.listed += page.count }
                for batch in pending.add(page) { try await decide(batch, into: &result, emit) }
                tally.pageRead(documents: page.count)
            }
        } catch let error as SourceError {
            failure = error
        } catch let error as StopSignal.Stopped {
            failure = error
        }
        try await decide(pending.flush(), into: &result, emit)
        if let failure { throw failure }
    }

    private func nextPage(of pages: AsyncThrowingStream<[Document], any Error>) async throws -> [Document]? {
        try await stop.unlessStopped {
            let page = try await pages.first { _ in true }
            if page != nil { await FailPoint.reach(.fetch) }
            return page
        }
    }

    func decide(
        _ batch: [Document], into result: inout Result, _ emit: (DocumentChange) async throws -> Void
    ) async throws {
        let decisions = try await detector.decide(batch, batch: run.nextBatch())
        tally.change { counts in
            for decision in decisions {
                switch decision.verdict {
                case .new: counts.new += 1
                case .changed: counts.changed += 1
                case .same: counts.same += 1
                }
                if !decision.isEmitted { counts.skipped += 1 }
            }
        }
        if options.prunes {
            result.emitted.formUnion(decisions.filter { $0.verdict != .same }.map(\.change.document.id))
        }
        if options.isDryRun { return result.dryRun.add(decisions) }
        for decision in decisions where decision.isEmitted {
            tellOfLoss(decision.change.document)
            try await emit(decision.change)
        }
    }

    private func tellOfLoss(_ document: Document) {
        guard document.bytesLeftOut > 0 else { return }
        logger.warning(
            "A body is larger than is converted; the rest of it is left out",
            metadata: [
                LogKey.source: "\(name)", LogKey.document: "\(document.id)",
                "bytes_left_out": "\(document.bytesLeftOut)",
            ])
    }
}

extension DryRunReport {
    fileprivate mutating func add(_ decisions: [ChangeDetector.Decision]) {
        for decision in decisions {
            let id = decision.change.document.id
            switch decision.verdict {
            case .new: new.append(id)
            case .changed: changed.append(id)
            case .same: same += 1
            }
        }
    }
}

extension SourceError {
    /// Whether the other scopes of a query may be readable without the one at fault: a project that is unknown or hidden makes
    /// Jira refuse the whole query, a page that is too heavy ends the whole listing.
    fileprivate var mayConcernOneScope: Bool { code == .rejected || code == .unexpectedAnswer || mayBeTooHeavy }
}
