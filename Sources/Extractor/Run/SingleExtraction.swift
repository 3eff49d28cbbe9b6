import Platforms
import ServiceLifecycle
import Shared
import Synchronization

/// One run as a service, so that a stop signal ends it in good order.
final class SingleExtraction: Service, CustomStringConvertible {
    private let extractor: Extractor
    private let options: RunOptions
    private let result = Mutex<ProgramExit?>(nil)

    init(extractor: Extractor, options: RunOptions) {
        self.extractor = extractor
        self.options = options
    }

    /// Short, as service groups log it.
    var description: String { "extraction" }

    /// How the run ended; one that was stopped is incomplete.
    var exit: ProgramExit { result.withLock { $0 } ?? .incomplete }

    func run() async throws {
        let outcome = try await extractor.run(extractor.settings.sources, options)
        let isStopped = Task.isShuttingDownGracefully && outcome.report.sources.count < extractor.settings.sources.count
        result.withLock { $0 = isStopped ? .incomplete : outcome.exit }
    }
}
