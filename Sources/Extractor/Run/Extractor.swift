import FoundationEssentials
import Logging
import Platforms
import ServiceLifecycle
import Shared

/// Runs sources one after another and tells what came of it.
struct Extractor: Sendable {
    let program: Program
    let settings: FleetSettings
    let broker: Broker
    let printsJSON: Bool

    init(program: Program, settings: FleetSettings, printsJSON: Bool) {
        self.program = program
        self.settings = settings
        self.printsJSON = printsJSON
        broker = Broker(settings.broker, for: program)
    }

    /// Until then after a stop signal a run waits for the confirms of what it has read. Half of the 24 s a shutdown may take.
    private static let grace = Duration.seconds(12)

    /// For a run that ended, or was killed, a moment ago.
    private static let leasePatience = Duration.seconds(3)

    /// One run with its result on standard output.
    ///
    /// - Throws: faults of broker and registry. Those of sources are told here and counted in the outcome.
    func run(_ sources: [any DocumentSource], _ options: RunOptions) async throws -> RunOutcome {
        let run = RunIdentity()
        var logger = program.logger
        logger[metadataKey: LogKey.run] = .string(run.id)
        let outcome = try await execute(sources, options, run, logger)
        StandardStreams.shared.print(bytes: outcome.output(asJSON: printsJSON, isDryRun: options.isDryRun))
        return outcome
    }

    /// What the sources of one run share.
    private struct Session: Sendable {
        let run: RunIdentity
        let options: RunOptions
        let detector: ChangeDetector
        let publisher: Publisher
        let logger: Logger
    }

    private func execute(
        _ sources: [any DocumentSource], _ options: RunOptions, _ run: RunIdentity, _ logger: Logger
    ) async throws -> RunOutcome {
        let client = QdrantClient(transport: settings.transport, settings: settings.qdrant)
        let registry = Registry(client: client, collection: settings.qdrant.registryCollection)
        let pipeline = try await registry.pipeline()
        if !options.isDryRun { try await broker.prepare() }
        let session = Session(
            run: run, options: options,
            detector: ChangeDetector(
                registry: registry, fingerprint: pipeline?.fingerprint, emitsAll: options.emitsAll,
                runStart: run.startInMilliseconds),
            publisher: broker.publisher(patience: .seconds(60)), logger: logger)
        do {
            var outcome = RunOutcome(run: run.id)
            for source in sources where !Task.isShuttingDownGracefully {
                try await readAlone(source, session, into: &outcome)
            }
            await session.publisher.close()
            return outcome
        } catch {
            await session.publisher.close()
            throw error
        }
    }

    /// Reads one source unless another extractor does so at this moment.
    private func readAlone(
        _ source: any DocumentSource, _ session: Session, into outcome: inout RunOutcome
    ) async throws {
        // A dry run changes nothing that another run could trip over.
        guard !session.options.isDryRun else { return try await read(source, nil, session, into: &outcome) }
        guard
            let lease = try await Lease.acquire(
                source.lease(.run), at: broker, waiting: Self.leasePatience, logger: session.logger)
        else {
            let counts = RunReport.SourceCounts(source: type(of: source).name, failed: 1)
            return outcome.add(counts, DryRunReport(), failure: RunUnderWay(source: source), of: program)
        }
        do {
            try await read(source, lease, session, into: &outcome)
            await lease.release()
        } catch {
            await lease.release()
            throw error
        }
    }

    /// A source that refuses us or is down does not keep the others from being read.
    private func read(
        _ source: any DocumentSource, _ lease: Lease?, _ session: Session, into outcome: inout RunOutcome
    ) async throws {
        let name = type(of: source).name
        let emitter = DocumentEmitter(
            topology: broker.topology, publisher: session.publisher,
            envelope: MessageEnvelope(type: DocumentsMessage.type, run: session.run.id, source: name),
            logger: session.logger)
        let (counts, dryRun, failure) = try await withProgress(name, unit: "documents") { progress in
            let tally = SourceTally(source: name, progress: progress, logger: session.logger)
            let (result, reason) = try await StopSignal.with(lease: lease, grace: Self.grace) { stop in
                let extraction = SourceExtraction(
                    source: source, options: session.options, registry: session.detector.registry,
                    detector: session.detector, emitter: emitter, run: session.run, stop: stop, tally: tally,
                    logger: session.logger)
                do {
                    return (try await extraction.execute(), stop.reason)
                } catch {
                    // What is cancelled at the end of the grace ends with whatever error it likes.
                    guard let reason = stop.reason else { throw error }
                    tally.change { $0.failed = max(1, $0.failed) }
                    return (SourceExtraction.Result(), reason)
                }
            }
            if tally.counts.failed > 0 { progress.finish("incomplete") }
            var failure: (any ExitCoded)? = result.failure
            if case .leaseLost(let lost) = reason { failure = lost }
            return (tally.counts, result.dryRun, failure)
        }
        session.logger.info("Source read", metadata: counts.metadata)
        outcome.add(counts, dryRun, failure: failure, of: program)
    }
}

extension DocumentSource {
    /// Name of a lease on reading this source's site.
    func lease(_ purpose: LeasePurpose) -> String { "\(purpose.rawValue).\(Self.name).\(instance)" }
}

/// What an extractor may have to be alone with.
enum LeasePurpose: String {
    /// One run over a source.
    case run
    /// The schedule of a source: who starts its runs.
    case schedule
}

/// Another extractor is reading the source at this moment.
struct RunUnderWay: ExitCoded, CustomStringConvertible {
    let source: any DocumentSource

    var exitCode: Int32 { ProgramExit.incomplete.rawValue }

    var description: String {
        "\(type(of: source).name): another run is reading \(source.instance) right now; try again when it has ended"
    }
}
