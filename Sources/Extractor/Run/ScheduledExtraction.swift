import Logging
import ServiceLifecycle
import Shared

/// Repeats runs at a fixed interval. A run that takes longer than the interval delays the next one: two never overlap.
struct ScheduledExtraction: Service, CustomStringConvertible {
    var extractor: Extractor
    let interval: Duration

    /// Short, as service groups log it.
    var description: String { "scheduled extraction" }

    func run() async throws {
        var extractor = extractor
        var next = ContinuousClock.now
        while !Task.isShuttingDownGracefully {
            do {
                _ = try await cancelWhenGracefulShutdown { [extractor] in try await extractor.runOnce() }
            } catch {
                if Task.isShuttingDownGracefully { return }
                // The next tick tries again: its window reaches back to the last complete run.
                extractor.program.logger.error("The run failed", metadata: [LogKey.errorDetail: "\(error)"])
            }
            // A window given by hand is for the first run only.
            extractor.options.since = nil
            while next <= .now { next += interval }
            extractor.program.logger.info("Waiting for the next run", metadata: ["pause": "\(next - .now)"])
            let wakeUp = next
            try? await cancelWhenGracefulShutdown { try await Task.sleep(until: wakeUp) }
        }
    }
}
