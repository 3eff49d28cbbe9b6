import FoundationEssentials
import Logging
import Platforms
import Shared

/// Runs the configured sources one after another and reports.
struct Extractor: Sendable {
    let program: Program
    let settings: FleetSettings
    var options: RunOptions
    let printsJSON: Bool

    /// One run with its result on standard output.
    func runOnce() async throws -> ProgramExit {
        if options.since != nil, options.sinceHadNoZone {
            program.logger.notice("--since names no time zone and is read as UTC")
        }
        let run = RunIdentity()
        var logger = program.logger
        logger[metadataKey: LogKey.run] = .string(run.id)
        let outcome = try await execute(run, logger)
        if printsJSON {
            StandardStreams.shared.print(bytes: options.isDryRun ? outcome.dryRun.json : outcome.report.json)
        } else {
            StandardStreams.shared.print(options.isDryRun ? outcome.dryRun.text : outcome.report.text)
        }
        return outcome.exit
    }

    /// What all sources gave together.
    private struct Outcome {
        var report: RunReport
        var dryRun = DryRunReport()
        /// The gravest fault: credentials before servers before scopes.
        var exit = ProgramExit.done

        mutating func note(_ code: Int32) {
            exit = ProgramExit(rawValue: max(exit.rawValue, code)) ?? .incomplete
        }
    }

    private func execute(_ run: RunIdentity, _ logger: Logger) async throws -> Outcome {
        let client = QdrantClient(transport: settings.transport, settings: settings.qdrant)
        let registry = Registry(client: client, collection: settings.qdrant.registryCollection)
        let pipeline = try await registry.pipeline()
        let broker = Broker(settings.broker, for: program)
        if !options.isDryRun { try await broker.prepare() }
        let publisher = broker.publisher(patience: .seconds(60))
        let detector = ChangeDetector(
            registry: registry, fingerprint: pipeline?.fingerprint, emitsAll: options.emitsAll,
            runStart: run.startInMilliseconds)
        do {
            var outcome = Outcome(report: RunReport(run: run.id))
            for source in settings.sources {
                let name = type(of: source).name
                let emitter = DocumentEmitter(
                    topology: broker.topology, publisher: publisher,
                    envelope: MessageEnvelope(type: DocumentsMessage.type, run: run.id, source: name), logger: logger)
                try await read(source, run, detector, emitter, into: &outcome, logger)
            }
            await publisher.close()
            return outcome
        } catch {
            await publisher.close()
            throw error
        }
    }

    /// Reads one source. A source that refuses us or is down does not keep the others from being read.
    private func read(
        _ source: any DocumentSource, _ run: RunIdentity, _ detector: ChangeDetector, _ emitter: DocumentEmitter,
        into outcome: inout Outcome, _ logger: Logger
    ) async throws {
        let name = type(of: source).name
        do {
            let result = try await withProgress(name, unit: "documents") { progress in
                try await SourceExtraction(
                    source: source, options: options, registry: detector.registry, detector: detector,
                    emitter: emitter, run: run, progress: progress, logger: logger
                ).execute()
            }
            outcome.report.sources.append(result.counts)
            outcome.dryRun.append(result.dryRun)
            if result.counts.failed > 0 { outcome.note(ProgramExit.incomplete.rawValue) }
            logger.info("Source read", metadata: result.counts.metadata)
        } catch let error as SourceError {
            outcome.report.sources.append(RunReport.SourceCounts(source: name, failed: 1))
            outcome.note(error.exitCode)
            _ = ProgramFailure.report(error, program: program.name)
        }
    }
}

extension RunReport.SourceCounts {
    fileprivate var metadata: Logger.Metadata {
        [
            LogKey.source: "\(source)", "listed": "\(listed)", "new": "\(new)", "changed": "\(changed)",
            "skipped": "\(skipped)", "published": "\(published)", "removed": "\(removed)", "failed": "\(failed)",
        ]
    }
}
