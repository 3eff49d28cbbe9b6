import Logging
import TestSupport

@testable import Extractor
@testable import Platforms
@testable import Shared

/// One run over a stub source, on a broker in memory.
struct ExtractionScene {
    let source: any DocumentSource
    let stub: StubRegistry
    let broker = MemoryBroker(Topology(prefix: "ohra"))
    let stop = StopSignal()
    let recorder = LogRecorder()
    var options = RunOptions()

    func run() async throws -> (SourceExtraction.Result, RunReport.SourceCounts) {
        let run = RunIdentity()
        let tally = SourceTally(source: "stub", progress: ProgressLine("stub"), logger: recorder.logger)
        let extraction = SourceExtraction(
            source: source, options: options, registry: stub.registry,
            detector: ChangeDetector(
                registry: stub.registry, fingerprint: "f", emitsAll: options.emitsAll,
                runStart: run.startInMilliseconds),
            emitter: DocumentEmitter(
                topology: Topology(prefix: "ohra"), publisher: broker.publisher(),
                envelope: MessageEnvelope(type: DocumentsMessage.type, run: run.id, source: "stub"),
                logger: recorder.logger),
            run: run, stop: stop, tally: tally, logger: recorder.logger)
        return (try await extraction.execute(), tally.counts)
    }

    var published: [DocumentChange] {
        get throws {
            try broker.bodies(in: "ohra.documents").flatMap { try DocumentsMessage(body: $0).changes }
        }
    }
}
