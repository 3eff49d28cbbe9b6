import Glibc
import Logging
import UnixSignals

extension Program {
    /// Longest time from the first stop signal to the end of the process: container runtimes and service managers kill
    /// after 30 s or so, the programs promise 25. Deliveries get 20 s of it (``Worker/gracePeriod``), the rest is for
    /// closing connections, to a broker that may not answer.
    private static let shutdownLimit: Duration = .seconds(24)

    /// Ends the process at once on a second SIGTERM or SIGINT (exit 130, as a shell reports an interrupted program), and
    /// when the shutdown does not come to its end in time. Nothing is lost by either: what was not acknowledged goes back to
    /// its queue.
    ///
    /// Lives as long as the process, as closing connections comes after the services have ended.
    func watchForImpatience(exitWhenLate code: ProgramExit) {
        let logger = logger
        Task.detached {
            var isStopping = false
            for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                if isStopping {
                    logger.warning("Stopped at once by a second signal", metadata: ["signal": "\(signal)"])
                    _exit(130)
                }
                isStopping = true
                logger.notice("Stopping", metadata: ["signal": "\(signal)"])
                Task.detached {
                    try? await Task.sleep(for: Self.shutdownLimit)
                    logger.error("The shutdown took too long; what is unfinished goes back to its queue")
                    _exit(code.rawValue)
                }
            }
        }
    }
}
