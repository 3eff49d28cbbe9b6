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
        let (report, dryRun) = try await execute(run, logger)
        if printsJSON {
            StandardStreams.shared.print(bytes: options.isDryRun ? dryRun.json : report.json)
        } else {
            StandardStreams.shared.print(options.isDryRun ? dryRun.text : report.text)
        }
        return report.isComplete ? .done : .incomplete
    }

    private func execute(_ run: RunIdentity, _ logger: Logger) async throws -> (RunReport, DryRunReport) {
        let client = QdrantClient(transport: settings.transport, settings: settings.qdrant)
        let registry = Registry(client: client, collection: settings.qdrant.registryCollection)
        let pipeline = try await registry.pipeline()
        let broker = Broker(settings.broker, for: program)
        if !options.isDryRun { try await broker.prepare() }
        let publisher = broker.publisher(patience: .seconds(60))
        do {
            let result = try await extract(run, registry, pipeline?.fingerprint, broker, publisher, logger)
            await publisher.close()
            return result
        } catch {
            await publisher.close()
            throw error
        }
    }

    private func extract(
        _ run: RunIdentity, _ registry: Registry, _ fingerprint: String?, _ broker: Broker, _ publisher: Publisher,
        _ logger: Logger
    ) async throws -> (RunReport, DryRunReport) {
        var report = RunReport(run: run.id)
        var dryRun = DryRunReport()
        for source in settings.sources {
            let name = type(of: source).name
            let result = try await withProgress(name, unit: "documents") { progress in
                try await SourceExtraction(
                    source: source, options: options, registry: registry,
                    detector: ChangeDetector(
                        registry: registry, fingerprint: fingerprint, emitsAll: options.emitsAll,
                        runStart: run.startInMilliseconds),
                    emitter: DocumentEmitter(
                        topology: broker.topology, publisher: publisher,
                        envelope: MessageEnvelope(type: DocumentsMessage.type, run: run.id, source: name),
                        logger: logger),
                    run: run, progress: progress, logger: logger
                ).execute()
            }
            report.sources.append(result.counts)
            dryRun.append(result.dryRun)
            logger.info("Source read", metadata: result.counts.metadata)
        }
        return (report, dryRun)
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
