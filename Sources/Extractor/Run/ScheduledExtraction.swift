import FoundationEssentials
import Logging
import Platforms
import ServiceLifecycle
import Shared

/// Repeats runs on a schedule, beginning at once. Of several extractors with the same source one leads and reads it; the others
/// stand by and take over at their next tick when the leader is gone.
///
/// Two runs never overlap: a run that outlasts its interval skips the ticks meanwhile.
struct ScheduledExtraction: Service, CustomStringConvertible {
    let extractor: Extractor
    let options: RunOptions
    let schedule: Schedule

    /// A run that could not even begin, because a server was down, is tried again after this.
    private static let retryPause: TimeInterval = 60
    /// A sleep is never longer, as the clock may be set meanwhile.
    private static let longestSleep: TimeInterval = 60

    /// Short, as service groups log it.
    var description: String { "scheduled extraction" }

    private var logger: Logger { extractor.program.logger }

    func run() async throws {
        let leadership = Leadership(broker: extractor.broker, logger: logger)
        do {
            try await repeatRuns(leadership)
            await leadership.resign()
        } catch {
            await leadership.resign()
            throw error
        }
    }

    private func repeatRuns(_ leadership: Leadership) async throws {
        var options = options
        var hasRun = false
        while !Task.isShuttingDownGracefully {
            let start = Date.now
            var due: Date
            do {
                try await runOnce(leadership, options)
                hasRun = true
                // A window given by hand is for the first run only.
                options.since = nil
                due = schedule.next(after: .now)
                let skipped = schedule.ticks(after: start, through: .now)
                if skipped > 0 {
                    logger.notice("The run outlasted its interval", metadata: ["ticks_skipped": "\(skipped)"])
                }
            } catch let error as any ExitCoded {
                if !hasRun, error.exitCode != ProgramExit.unavailable.rawValue { throw error }
                logger.error("The run failed", metadata: [LogKey.errorDetail: "\(error)"])
                due = min(schedule.next(after: .now), Date.now.addingTimeInterval(Self.retryPause))
            }
            await wait(until: due)
        }
    }

    private func runOnce(_ leadership: Leadership, _ options: RunOptions) async throws {
        let sources = try await leadership.claim(extractor.settings.sources)
        guard !sources.isEmpty, !Task.isShuttingDownGracefully else { return }
        _ = try await extractor.run(sources, options)
    }

    private func wait(until due: Date) async {
        guard !Task.isShuttingDownGracefully else { return }
        logger.info(
            "Waiting for the next run",
            metadata: [
                "at": "\(Timestamp(due))", LogKey.pause: "\(Int(max(0, due.timeIntervalSinceNow).rounded()))",
            ])
        var due = due
        while due > .now, !Task.isShuttingDownGracefully {
            let pause = min(due.timeIntervalSinceNow, Self.longestSleep)
            // Ends early on shutdown only, which the loop looks at.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(pause)) }
            // A clock that was set back brings the tick nearer.
            due = min(due, schedule.next(after: .now))
        }
    }
}
