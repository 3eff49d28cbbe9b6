import Logging

/// Brings a program up against servers that may not be there yet.
public struct Startup: Sendable {
    private let logger: Logger
    private let isPatient: Bool

    /// - Parameter isPatient: a worker waits for servers and says so once a minute; a one-shot command fails at once.
    public init(program: Program, isPatient: Bool) {
        logger = program.logger
        self.isPatient = isPatient
    }

    /// Runs one step, again and again while the server it needs is unavailable.
    ///
    /// - Throws: every other fault at once: credentials, settings, a topology that does not fit.
    public func run<Value>(_ server: String, _ step: () async throws -> Value) async throws -> Value {
        var warning = Throttle(interval: .seconds(60))
        while true {
            do {
                return try await step()
            } catch  where isPatient && Self.mayPass(error) {
                if warning.isDue {
                    logger.warning(
                        "Waiting for a server", metadata: ["server": "\(server)", LogKey.errorDetail: "\(error)"])
                }
                // Jitter, so that replicas that wait together do not all come at once.
                try await Task.sleep(for: .seconds(Double.random(in: 0.5...2)))
            }
        }
    }

    private static func mayPass(_ error: any Error) -> Bool {
        // A queue that is not there yet: somebody else declares the topology.
        if let error = error as? BrokerError, error.replyCode == 404 { return true }
        return (error as? any ExitCoded)?.exitCode == ProgramExit.unavailable.rawValue
    }
}
